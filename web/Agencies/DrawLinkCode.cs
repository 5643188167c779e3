using System.Text;
using MedTourism.Web.Shared;
using QRCoder;

namespace MedTourism.Web.Agencies;

/// <summary>A referral link as a QR code, for posters and cards.</summary>
public static class DrawLinkCode
{
    public static void Map(IEndpointRouteBuilder agency) => agency.MapGet("/links/{code:regex(^[0-9A-Z]{{4,16}}$)}/qr.svg", Handle);

    private static IResult Handle(string code, Site site)
    {
        using var data = QRCodeGenerator.GenerateQrCode(ReferralLinks.Address(site, code), QRCodeGenerator.ECCLevel.M);
        using var drawing = new SvgQRCode(data);
        return Results.Bytes(Encoding.UTF8.GetBytes(drawing.GetGraphic(8)), "image/svg+xml");
    }
}
