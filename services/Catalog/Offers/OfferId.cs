using System.Security.Cryptography;
using System.Text;

namespace MedTourism.Catalog.Offers;

/// <summary>The same procedure at the same center has the same id in every installation: an RFC 9562 UUID of version 8, from SHA-256.</summary>
public static class OfferId
{
    public static Guid Of(string procedureId, string centerId) => From($"{procedureId}|{centerId}");

    /// <summary>A stable id for anything that has a name; also the key that keeps its messages in order.</summary>
    public static Guid From(string name)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes("medtourism:" + name))[..16];
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
