using System.Text.Json.Serialization;
using MedTourism.Contracts.Catalog;

namespace MedTourism.Catalog.Equipment;

/// <summary>A machine or room that appointments occupy. Time is sold on open ones only.</summary>
public sealed class Machine
{
    /// <summary>Rooms are not machines: a center that sells consultations has one, and it is told to Booking in the same way.</summary>
    public const string ConsultingRoom = "consulting-room";

    public static readonly string[] Statuses = ["planned", "commissioning", "open", "closed"];

    public required string Id { get; set; }

    [JsonPropertyName("center")]
    public required string CenterId { get; set; }

    public required string Kind { get; set; }

    public required string Name { get; set; }

    public string? Installed { get; set; }

    /// <summary>Identical units at the center.</summary>
    public required int Lanes { get; set; }

    public required int[] SlotsPerDay { get; set; }

    public required int[] SlotMinutesRange { get; set; }

    public required int SlotMinutes { get; set; }

    public required string SlotsBasis { get; set; }

    public required QualityTime Quality { get; set; }

    public required string Status { get; set; }

    public required string StatusBasis { get; set; }

    public string StatusSetBy { get; set; } = "seed";

    public required string[] Sources { get; set; }

    public bool Demo { get; set; }

    public string TermsHash { get; set; } = string.Empty;

    public long Version { get; set; }

    public long AnnouncedVersion { get; set; }

    public DateTimeOffset ChangedAt { get; set; }

    public bool IsOpen => Status == "open";

    public EquipmentStatusChanged ToMessage(string cityId, string timeZone) =>
        new(Id, Version, CenterId, cityId, timeZone, Kind, Name, Status, Lanes, SlotMinutes, Demo, ChangedAt);
}

/// <summary>Time a machine is not available to patients because it is checked or maintained.</summary>
public sealed record QualityTime(int DailyMinutes, int MonthlyHours, int MaintenanceDaysPerYear, string[] Notes);
