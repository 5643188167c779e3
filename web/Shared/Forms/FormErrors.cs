namespace MedTourism.Web.Shared.Forms;

/// <summary>What is wrong with a form, in the order of its fields: the id of a control and the sentence to show.</summary>
public sealed class FormErrors
{
    private readonly List<(string Field, string Message)> errors = [];

    public bool Any => errors.Count > 0;

    public IReadOnlyList<(string Field, string Message)> All => errors;

    public void Add(string field, string message) => errors.Add((field, message));

    public string? For(string field) => errors.FirstOrDefault(error => error.Field == field).Message;
}
