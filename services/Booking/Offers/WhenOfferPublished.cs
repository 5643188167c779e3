using System.Text.Json;
using MassTransit;
using MedTourism.Booking.Waitlist;
using MedTourism.Contracts.Catalog;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Offers;

/// <summary>Keeps the terms of an offer, unless a later version is already known.</summary>
public sealed class WhenOfferPublished(BookingDb db) : IConsumer<OfferPublished>
{
    public async Task Consume(ConsumeContext<OfferPublished> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var offer = context.Message;
        var procedures = JsonSerializer.Serialize(offer.ProcedureNames);
        var centers = JsonSerializer.Serialize(offer.CenterNames);
        var ladder = JsonSerializer.Serialize(offer.CancellationLadder);
        var course = offer.Course is null ? null : JsonSerializer.Serialize(offer.Course);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO offer_terms AS known (offer_id, version, procedure_id, procedure_names, service_line, center_id, center_names, city_id, time_zone,
                mode, duration_minutes, resource_kinds, price_minor, deposit_minor, currency, cancellation_ladder, blocking_questions, demo, published_at, course)
            VALUES ({offer.OfferId}, {offer.Version}, {offer.ProcedureId}, {procedures}::jsonb, {offer.ServiceLine}, {offer.CenterId}, {centers}::jsonb,
                {offer.CityId}, {offer.TimeZone}, {offer.Mode}, {offer.DurationMinutes}, {offer.ResourceKinds}, {offer.PriceMinor}, {offer.DepositMinor},
                {offer.Currency}, {ladder}::jsonb, {offer.BlockingQuestions}, {offer.Demo}, {offer.PublishedAt.ToUniversalTime()}, {course}::jsonb)
            ON CONFLICT (offer_id) DO UPDATE SET
                version = EXCLUDED.version, procedure_id = EXCLUDED.procedure_id, procedure_names = EXCLUDED.procedure_names,
                service_line = EXCLUDED.service_line, center_id = EXCLUDED.center_id, center_names = EXCLUDED.center_names, city_id = EXCLUDED.city_id,
                time_zone = EXCLUDED.time_zone, mode = EXCLUDED.mode, duration_minutes = EXCLUDED.duration_minutes,
                resource_kinds = EXCLUDED.resource_kinds, price_minor = EXCLUDED.price_minor, deposit_minor = EXCLUDED.deposit_minor,
                currency = EXCLUDED.currency, cancellation_ladder = EXCLUDED.cancellation_ladder, blocking_questions = EXCLUDED.blocking_questions,
                demo = EXCLUDED.demo, published_at = EXCLUDED.published_at, course = EXCLUDED.course
            WHERE known.version < EXCLUDED.version
            """,
            context.CancellationToken);
        await FreedTime.NoteAllAsync(db, context, offer.CenterId, context.CancellationToken); // a shorter treatment fits where it did not
    }
}
