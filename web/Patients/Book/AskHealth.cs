using MedTourism.Web.Clients;
using MedTourism.Web.Locales;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Forms;

namespace MedTourism.Web.Patients.Book;

/// <summary>Only the questions that can stop the appointment. An answer that stops it leads to a page that says what to do, not to an error.</summary>
public static class AskHealth
{
    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/book/{hold:guid}/health", async (Guid hold, BookStep step, CancellationToken ct) =>
        {
            var (model, instead) = await step.OpenAsync(hold, ct);
            return model is null ? instead! : Pages.Page<HealthPage>(model);
        });
        pages.MapGet("/book/{hold:guid}/call", async (Guid hold, BookStep step, CancellationToken ct) =>
        {
            var (model, instead) = await step.OpenAsync(hold, ct);
            return model is null ? instead! : Pages.Page<CallPage>(model);
        });
        pages.MapPost("/book/{hold:guid}/health", async (Guid hold, IFormCollection form, BookStep step, Texts texts, CancellationToken ct) =>
            await step.TakeAsync<HealthPage>(hold, form, "health", [.. form.Keys.Where(key => key.StartsWith("q-", StringComparison.Ordinal)).Take(40)], model => Check(model, texts), null, ct));
    }

    public static FormErrors Check(BookStep.Model model, Texts texts)
    {
        var errors = new FormErrors();
        foreach (var question in model.Offer.Screening)
        {
            if (model[Field(question)] is not ("yes" or "no" or "unknown"))
            {
                errors.Add(Field(question), texts["book.health-error", ("question", question.Text.Text)]);
            }
        }

        return errors;
    }

    public static bool Blocking(BookStep.Model model) => model.Offer.Screening.Any(question => question.OnYes == "block" && model[Field(question)] == "yes");

    public static string Field(ScreeningQuestion question) => $"q-{question.Id}";
}
