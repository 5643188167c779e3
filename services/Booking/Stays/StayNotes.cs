namespace MedTourism.Booking.Stays;

/// <summary>Where a statement comes from.</summary>
public sealed record StaySource(string Key, string Url, string Date);

/// <summary>
/// One thing to know about a stay: a stable code with its numbers, for pages in any language, and an English sentence. Without a source it is
/// general knowledge or our own suggestion.
/// </summary>
public sealed record StayNote(string Code, string Text, StaySource? Source = null, Dictionary<string, object>? With = null);

/// <summary>The notes whose wording does not depend on the case.</summary>
public static class StayNotes
{
    public static readonly StaySource EvisaLondon = new(
        "evisaLondon", "https://www.gov.kz/memleket/entities/mfa-london/press/article/details/7202?directionId=5279&lang=en", "undated");

    public static readonly StaySource EvisaKyz = new("evisaKyz", "https://kyzylorda.invest.gov.kz/zh/invest-guide/arrival", "undated");

    public static readonly StaySource Evisa2019 = new(
        "evisa2019", "https://en.inform.kz/news/kazakhstan-introduces-e-visa-for-foreigners-from-jan-1-2019_a3484103/", "2019-01-03");

    public static readonly StaySource Bektenov = new("bektenov1500", "https://cn.inform.kz/news/nianyiyou1500waiguogongminzai-341fff/", "2025-10-31");

    public static readonly StaySource Invite2016 = new(
        "invite2016", "http://www.inform.kz/ru/v-kazahstane-utverzhdeny-pravila-oformleniya-priglasheniy-na-v-ezd-inostrantsev-i-lits-bez-grazhdanstva_a2983336",
        "2016-12");

    public static readonly StaySource Visa2023 = new("visa2023", "https://34travel.me/post/kz-new-rules", "2023-01-26");

    public static readonly StaySource Reg2025 = new(
        "reg2025", "https://astanatimes.com/2025/08/kazakhstan-eases-stay-rules-for-foreign-citizens-launches-new-tourist-services/", "2025-08-13");

    public static readonly StayNote AskConsulate = new("ask-consulate", "This is information, not advice. Check with a consulate of Kazakhstan before you book travel.");

    public static readonly StayNote NothingOnFile = new("rule-not-on-file", "No entry rule of this country is on file for these days. Ask a consulate of Kazakhstan.");

    public static readonly StayNote Citizen = new("citizen", "Citizens of Kazakhstan need no visa.");

    public static readonly StayNote Purpose = new(
        "purpose-to-confirm", "Whether visa-free entry covers medical treatment is not stated in the sources; ask the consulate.", Reg2025);

    public static readonly StayNote Reentry = new(
        "reentry-does-not-cure", "Leaving the country and coming back does not make a stay that is too long allowed.", Visa2023);

    public static readonly StayNote EvisaMedical = new(
        "evisa-medical", "An electronic visa for treatment exists for some countries; the list is the consular service's.", Bektenov);

    public static readonly StayNote EvisaInvitation = new(
        "evisa-invitation-first", "An electronic visa needs an invitation number first; its fee is not given back.", EvisaLondon);

    public static readonly StayNote EvisaAirports = new("evisa-international-airports", "An electronic visa is valid at international airports only.", EvisaKyz);

    public static readonly StayNote EvisaEachEntry = new("evisa-each-entry", "The electronic visa for treatment is for one entry: each trip needs its own.", Evisa2019);

    public static readonly StayNote CompanionOwnCase = new(
        "companion-own-case", "The electronic visa covers the patient only: a companion needs their own.", EvisaLondon);

    public static readonly StayNote BlankPages = new("passport-blank-pages", "For an electronic visa the passport needs two blank pages.", EvisaLondon);

    public static readonly StayNote ArrivalNotice = new(
        "arrival-notice", "Whoever receives you reports your arrival within three working days.", EvisaLondon);

    public static readonly StayNote ResidencePermit = new(
        "residence-permit-after-30-days", "A stay of more than 30 days needs a temporary residence permit.", Reg2025, new() { ["days"] = 30 });
}
