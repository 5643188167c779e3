namespace MedTourism.Web.Tests.Staff;

/// <summary>What the services answer to staff, as their contracts say.</summary>
internal static class ServiceAnswers
{
    public const string Session = "5e000000-0000-4000-8000-000000000001";
    public const string Waits = "3a000000-0000-4000-8000-000000000001";
    public const string Hold = """{"holdId":"4a000000-0000-4000-8000-000000000001","accessKey":"k","offerId":"0f000000-0000-7000-8000-000000000001","start":"2026-12-03T05:00:00Z","end":"2026-12-03T06:00:00Z","timeZone":"Asia/Almaty","expiresAt":"2026-12-01T05:00:00Z","serverNow":"2026-12-01T03:00:00Z","extensionsLeft":0}""";
    private const string Offer = """{"holdId":"4a000000-0000-4000-8000-000000000001","start":"2026-12-03T05:00:00Z","end":"2026-12-03T06:00:00Z","expiresAt":"2026-12-01T05:00:00Z","bookingId":null}""";

    public const string Booking = "11111111-1111-4111-8111-111111111111";

    private const string Names = """{"en":"PET/CT","ru":"ПЭТ/КТ"}""";

    private const string Resources = $$"""
        [{"id":"00000001-0000-4000-8000-000000000000","name":"PET/CT","kind":"petct","lane":1,"status":"open","slotMinutes":60,"demo":true,
          "open":[{"start":"2026-12-01T03:00:00+00:00","end":"2026-12-01T13:00:00+00:00"}],
          "allocations":[
            {"id":"a0000000-0000-4000-8000-000000000001","state":"booked","start":"2026-12-01T09:00:00+00:00","end":"2026-12-01T09:30:00+00:00","bookingId":"{{Booking}}","reference":"KZ-4F7Q-92","procedureNames":{{Names}}},
            {"id":"a0000000-0000-4000-8000-000000000002","state":"held","start":"2026-12-01T04:00:00+00:00","end":"2026-12-01T05:00:00+00:00","expiresAt":"2026-12-01T04:00:00+00:00"},
            {"id":"a0000000-0000-4000-8000-000000000003","state":"blocked","start":"2026-12-01T06:00:00+00:00","end":"2026-12-01T07:00:00+00:00","reason":"quality"}]},
         {"id":"00000002-0000-4000-8000-000000000000","name":"Proton room","kind":"proton","lane":1,"status":"commissioning","slotMinutes":90,"demo":true,"open":[],"allocations":[]}]
        """;

    private const string File = $$"""
        {"booking":{"id":"{{Booking}}","reference":"KZ-4F7Q-92","state":"confirmed","offerId":"0f000000-0000-7000-8000-000000000001","procedureId":"pet","procedureNames":{{Names}},"centerNames":{"en":"Center"},"centerId":"center","cityId":"almaty","serviceLine":"nuclear",
          "timeZone":"Asia/Almaty","start":"2026-12-01T09:00:00+00:00","end":"2026-12-01T10:00:00+00:00","price":{"amountMinor":18000000,"currency":"KZT"},"deposit":{"amountMinor":3600000,"currency":"KZT"},"depositPaid":{"amountMinor":3600000,"currency":"KZT"},
          "refund":{"amountMinor":0,"currency":"KZT"},"refunded":{"amountMinor":0,"currency":"KZT"},"patient":{"givenNames":"Hans","familyName":"Müller","dateOfBirth":"1980-02-01","citizenship":"DE","forSelf":false},
          "contact":{"email":"hans@example.org","phone":"+49 1","culture":"en","timeZone":"Europe/Berlin","neutralTitle":false},"cancellation":[{"until":"2026-11-30T09:00:00+00:00","refundPercent":100,"refundMinor":3600000}],
          "serverNow":"2026-11-22T09:00:00+00:00","sequence":1,"placedAt":"2026-11-22T09:00:00+00:00","demo":true,
          "sessions":[{"sessionId":"{{Session}}","number":1,"phase":"fraction","trip":1,"start":"2026-12-01T09:00:00+00:00","end":"2026-12-01T09:30:00+00:00","state":"booked","sequence":0},
                      {"sessionId":"5e000000-0000-4000-8000-000000000002","number":2,"phase":"fraction","trip":1,"start":"2026-12-02T09:00:00+00:00","end":"2026-12-02T09:30:00+00:00","state":"booked","sequence":0}]},
         "marks":[{"sessionId":"{{Session}}","markable":true,"undoable":false}],
         "answers":[{"questionId":"pregnant","value":"no"},{"questionId":"diabetes","value":"unknown"}],"resources":[{"id":"00000001-0000-4000-8000-000000000000","name":"PET/CT","kind":"petct"}],
         "events":[{"kind":"placed","from":null,"to":"awaiting_deposit","actor":"patient","detail":null,"at":"2026-11-22T09:00:00+00:00"},{"kind":"viewed","actor":"clinic:c1","at":"2026-11-22T09:00:00+00:00"},{"kind":"session-missed","from":"booked","to":"missed","actor":"clinic:c1","detail":"session 1: patient","at":"2026-11-22T09:00:00+00:00"},{"kind":"something new","actor":"payment","to":"confirmed","at":"2026-11-22T09:00:00+00:00"}]}
        """;

    private const string Totals = """[{"state":"pending","count":2,"commission":{"amountMinor":900000,"currency":"KZT"}},{"state":"refused","count":1,"commission":{"amountMinor":0,"currency":"KZT"}}]""";

    private const string Link = """{"id":"10000000-0000-4000-8000-000000000000","code":"7K2M4PQR","label":"Poster","offerId":null,"visits":12,"bookings":2,"demo":true,"createdAt":"2026-10-01T00:00:00+00:00"}""";

    private const string Hours = """
        [{"weekday":1,"from":"08:00:00","to":"12:00:00"},{"weekday":1,"from":"13:00:00","to":"18:00:00","note":"default, center to confirm"},{"weekday":7,"from":"08:00:00","to":"10:00:00","validFrom":"2026-12-20"}]
        """;

    private const string Resource = $$"""{"id":"00000001-0000-4000-8000-000000000000","kind":"petct","name":"PET/CT","lane":1,"timeZone":"Asia/Almaty","status":"open","slotMinutes":60,"demo":true,"hours":{{Hours}}}""";

    public static Dictionary<string, string> All { get; } = new()
    {
        ["GET /clinic/day"] = $$"""{"date":"2026-12-01","timeZone":"Asia/Almaty","resources":{{Resources}}}""",
        ["GET /clinic/today"] = $$"""
            {"date":"2026-12-01","timeZone":"Asia/Almaty","resources":{{Resources}},"appointments":[{"bookingId":"{{Booking}}","reference":"KZ-4F7Q-92","state":"confirmed","start":"2026-12-01T09:00:00+00:00","end":"2026-12-01T09:30:00+00:00",
             "procedureNames":{{Names}},"givenNames":"Hans","familyName":"Müller","citizenship":"DE","culture":"en","resources":["PET/CT"],"demo":true,"session":{"sessionId":"{{Session}}","number":1,"phase":"fraction","state":"delivered"} }]}
            """,
        [$"GET /clinic/bookings/{Booking}"] = File,
        ["GET /clinic/resources"] = $"[{Resource}]",
        ["PUT /clinic/resources/00000001-0000-4000-8000-000000000000/hours"] = Resource,
        ["GET /agency/summary"] = $$"""{"agencyName":"Agency","demo":true,"links":1,"visits":12,"bookings":2,"totals":{{Totals}}}""",
        ["GET /agency/links"] = $"[{Link}]",
        ["GET /agency/referrals"] = $$"""
            {"total":45,"page":2,"size":20,"totals":{{Totals}},"items":[{"bookingId":"{{Booking}}","reference":"KZ-4F7Q-92","state":"refused","refusedReason":"touch-expired","source":"link","code":"7K2M4PQR","label":"Poster","serviceLine":"nuclear","percent":null,
             "price":{"amountMinor":18000000,"currency":"KZT"},"commission":null,"touchedAt":"2026-10-01T00:00:00+00:00","placedAt":"2026-11-01T00:00:00+00:00","startsAt":"2026-12-01T00:00:00+00:00","demo":true}]}
            """,
        ["GET /agency/agreement"] = """{"agencyId":"10000000-0000-4000-8000-000000000000","agencyName":"Agency","demo":true,"basis":"illustrative","terms":[{"serviceLine":"nuclear","percent":8.5,"validFrom":"2026-01-01","validUntil":null,"inForce":true}]}""",
        ["GET /agency/referrals.csv"] = "reference,state\r\nKZ-4F7Q-92,pending\r\n",
        ["GET /clinic/course-policy"] = """{"scarcity":true,"since":"2026-11-20T09:00:00+00:00","by":"somebody"}""",
        ["GET /agency/waitlist"] = $"[{Wait(Waits, "offered", 0, Offer, "\"Hans\"")},{Wait("3a000000-0000-4000-8000-000000000002", "waiting", 2, "null", "null")}]",
        ["GET /health/ready"] = """{"status":"ready"}""",
        ["GET /operator/messaging"] = """
            {"service":"x","outboxDepth":2,"oldestSeconds":84.5,"brokerReachable":true,"dead":[{"seq":41,"messageId":"10000000-0000-4000-8000-000000000000","messageType":"urn:message:A:BookingConfirmed","attempts":12,"lastError":"no confirm","createdAt":"2026-11-22T08:00:00+00:00"}],"errorQueues":[{"queue":"booking-x_error","messages":2}]}
            """,
        ["GET /operator/messaging/errors/booking-x_error/messages"] = """
            {"queue":"booking-x_error","messages":[{"id":"10000000-0000-4000-8000-000000000001","messageType":"urn:message:A:BookingConfirmed","reason":"no such booking","failedAt":"2026-11-22T08:00:00+00:00"},{"id":"content-00112233445566778899aabbccddeeff","messageType":null,"reason":null,"failedAt":null}]}
            """,
        ["GET /operator/refunds"] = """[{"id":"10000000-0000-4000-8000-000000000000","bookingId":"11111111-1111-4111-8111-111111111111","reference":"KZ-4F7Q-92","amountMinor":100,"currency":"KZT","reason":"cancelled","state":"failed","failure":"expired card","try":1,"createdAt":"2026-11-22T08:00:00+00:00"}]""",
        ["GET /operator/bookings/KZ-4F7Q-92"] = File,
        [$"GET /payments/{Booking}"] = """{"status":"paid","amount":{"amountMinor":3600000,"currency":"KZT"},"refunded":{"amountMinor":0,"currency":"KZT"}}""",
        ["GET /operator/ledger"] = $$"""
            {"transactions":[{"id":"10000000-0000-4000-8000-000000000000","bookingId":"{{Booking}}","kind":"deposit","at":"2026-11-22T08:00:00+00:00","entries":[{"account":"provider-receivable","amountMinor":3600000,"currency":"KZT"},{"account":"deposits-held","amountMinor":-3600000,"currency":"KZT"}]}],
             "balances":[{"account":"deposits-held","currency":"KZT","amountMinor":-3600000},{"account":"provider-receivable","currency":"KZT","amountMinor":3600000}]}
            """,
        ["GET /operator/mails"] = """{"total":120,"page":1,"size":50,"totals":{"dead":1,"sent":119},"items":[{"id":"10000000-0000-4000-8000-000000000000","kind":"hold","bookingId":null,"reference":"KZ-4F7Q-92","state":"dead","attempts":8,"lastError":"550","contactKnown":true,"createdAt":"2026-11-22T08:00:00+00:00"}]}""",
    };

    private static string Wait(string id, string state, int ahead, string offer, string given) => $$"""
        {"givenNames":{{given}},"familyName":null,"entry":
         {"id":"{{id}}","state":"{{state}}","ahead":{{ahead}},"offerId":"0f000000-0000-7000-8000-000000000001","procedureNames":{{Names}},"centerNames":{"en":"Center"},"timeZone":"Asia/Almaty",
          "from":"2026-12-01","to":"2026-12-20","offer":{{offer}},"lapsesLeft":2,"joinedAt":"2026-11-22T09:00:00Z","serverNow":"2026-12-01T03:00:00Z"} }
        """;
}
