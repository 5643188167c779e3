namespace MedTourism.Web.Shared.Forms;

/// <summary>What is wrong with a form, in the order of its fields: the id of a control and the sentence to show.</summary>
public sealed class FormErrors
{
    private readonly List<(string Field, string Message)> errors = [];

    public bool Any => errors.Count > 0;

    public IReadOnlyList<(string Field, string Message)> All => errors;

    public void Add(string field, string message) => errors.Add((field, message));

    /// <summary>The same, told from the top of the page down; <paramref name="fields"/> are its controls in their order.</summary>
    public FormErrors InOrder(string[] fields)
    {
        var ordered = new FormErrors();
        ordered.errors.AddRange(errors.OrderBy(error => Array.IndexOf(fields, error.Field) is >= 0 and var at ? at : fields.Length));
        return ordered;
    }

    public string? For(string field) => errors.FirstOrDefault(error => error.Field == field).Message;
}
