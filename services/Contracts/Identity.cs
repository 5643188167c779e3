namespace MedTourism.Contracts.Identity;

/// <summary>An organisation of kind <c>clinic</c>, <c>agency</c> or <c>operator</c>. <see cref="ExternalRef"/> is the center's id for clinics, null otherwise.</summary>
public sealed record OrganisationCreated(Guid OrganisationId, string Kind, string Name, string? ExternalRef, bool Demo, DateTimeOffset CreatedAt);

/// <summary>A person's roles in an organisation changed; no roles means they left it.</summary>
public sealed record MemberChanged(Guid OrganisationId, Guid AccountId, string[] Roles, DateTimeOffset ChangedAt);

/// <summary>An account is gone: every service forgets what it knows of the subject.</summary>
public sealed record AccountErased(Guid AccountId, DateTimeOffset ErasedAt);

/// <summary>Personal data for Notifications only: send a one-time link by e-mail. <see cref="Purpose"/> is <c>sign-in</c>, <c>confirm-email</c>, <c>reset-password</c> or <c>invitation</c>.</summary>
public sealed record AccountLinkRequested(string Email, string Purpose, string Link, string Culture, string? OrganisationName, DateTimeOffset ExpiresAt);
