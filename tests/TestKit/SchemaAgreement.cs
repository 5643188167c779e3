using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;

namespace MedTourism.TestKit;

/// <summary>Compares the model the code uses with the schema the SQL files made.</summary>
public static class SchemaAgreement
{
    private sealed record Column(string Type, bool Nullable);

    /// <summary>Checks that every mapped column exists with its type and nullability.</summary>
    /// <returns>How many columns agree.</returns>
    /// <exception cref="InvalidOperationException">Something differs; the message lists all of it.</exception>
    public static async Task<int> Check(DbContext db)
    {
        ArgumentNullException.ThrowIfNull(db);
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        await db.Database.OpenConnectionAsync();
        var differences = new List<string>();
        var agreed = 0;
        foreach (var entity in db.Model.GetEntityTypes())
        {
            if (StoreObjectIdentifier.Create(entity, StoreObjectType.Table) is not { } table)
            {
                continue;
            }

            var columns = await ColumnsAsync(connection, table);
            foreach (var property in entity.GetProperties())
            {
                if (property.GetColumnName(table) is not { } name)
                {
                    continue;
                }

                var difference = columns.TryGetValue(name, out var column)
                    ? await CompareAsync(connection, property, table, column)
                    : "is missing from the database";
                if (difference is null)
                {
                    agreed++;
                }
                else
                {
                    differences.Add($"{table.DisplayName()}.{name} ({entity.DisplayName()}.{property.Name}) {difference}");
                }
            }
        }

        await db.Database.CloseConnectionAsync();
        return differences.Count == 0
            ? agreed
            : throw new InvalidOperationException("The model and the schema differ:\n  " + string.Join("\n  ", differences.Distinct()));
    }

    private static async Task<string?> CompareAsync(NpgsqlConnection connection, IProperty property, StoreObjectIdentifier table, Column column)
    {
        var type = await CanonicalAsync(connection, property.GetColumnType());
        if (type != column.Type)
        {
            return $"is {column.Type} in the database but {type} in the model";
        }

        var nullable = property.IsColumnNullable(table);
        return nullable == column.Nullable
            ? null
            : $"{(column.Nullable ? "may be" : "is never")} null in the database, unlike in the model";
    }

    private static async Task<Dictionary<string, Column>> ColumnsAsync(NpgsqlConnection connection, StoreObjectIdentifier table)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT attname, format_type(atttypid, atttypmod), NOT attnotnull
            FROM pg_attribute
            WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped
            """,
            connection);
        command.Parameters.AddWithValue(table.Schema is null ? $"\"{table.Name}\"" : $"\"{table.Schema}\".\"{table.Name}\"");
        var columns = new Dictionary<string, Column>(StringComparer.Ordinal);
        await using DbDataReader reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            columns[reader.GetString(0)] = new Column(reader.GetString(1), reader.GetBoolean(2));
        }

        return columns;
    }

    /// <summary>The name PostgreSQL itself gives a type: "timestamptz" and "timestamp with time zone" are one.</summary>
    private static async Task<string> CanonicalAsync(NpgsqlConnection connection, string type)
    {
        var size = type.IndexOf('(', StringComparison.Ordinal);
        var end = type.IndexOf(')', StringComparison.Ordinal);
        var plain = size < 0 ? type : type[..size] + type[(end + 1)..];
        await using var command = new NpgsqlCommand("SELECT to_regtype($1)::text", connection);
        command.Parameters.AddWithValue(plain);
        var name = await command.ExecuteScalarAsync() as string ?? type;
        if (size < 0)
        {
            return name;
        }

        var suffix = name.EndsWith("[]", StringComparison.Ordinal) ? "[]" : string.Empty;
        return name[..^suffix.Length] + type[size..(end + 1)] + suffix;
    }
}
