using MedTourism.Web.Clients;

namespace MedTourism.Web.Clinics;

/// <summary>The words of the health questions a patient answered, in the language of the page. Without Catalog their ids must do.</summary>
public sealed class Questions(CatalogClient catalog)
{
    public async Task<IReadOnlyDictionary<string, LocalText>> OfAsync(BookingFile file, CancellationToken ct)
    {
        if (file.Answers.Length == 0)
        {
            return new Dictionary<string, LocalText>();
        }

        try
        {
            return (await catalog.OfferAsync(file.Booking.OfferId, ct)).Value?.Screening.ToDictionary(question => question.Id, question => question.Text) ?? [];
        }
        catch (ServiceUnavailableException)
        {
            return new Dictionary<string, LocalText>();
        }
    }
}
