using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Options;
using Npgsql;

namespace MedTourism.Identity.Accounts;

/// <summary>Keeps the keys of form tokens in the database, sealed, so that any replica can read what another one wrote.</summary>
public sealed class SharedKeys(NpgsqlDataSource database, Secrets secrets) : IXmlRepository, IConfigureOptions<KeyManagementOptions>
{
    public static string PlaceOf(Guid id) => $"data_protection_keys.xml:{id}";

    public void Configure(KeyManagementOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.XmlRepository = this;
    }

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var command = database.CreateCommand("SELECT id, xml FROM data_protection_keys ORDER BY created_at");
        using var reader = command.ExecuteReader();
        var keys = new List<XElement>();
        while (reader.Read())
        {
            keys.Add(XElement.Parse(secrets.Open(PlaceOf(reader.GetGuid(0)), reader.GetString(1))));
        }

        return keys;
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        ArgumentNullException.ThrowIfNull(element);
        var id = Guid.CreateVersion7();
        using var command = database.CreateCommand("INSERT INTO data_protection_keys (id, xml) VALUES ($1, $2)");
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(secrets.Seal(PlaceOf(id), element.ToString(SaveOptions.DisableFormatting)));
        command.ExecuteNonQuery();
    }
}
