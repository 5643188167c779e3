using System.Globalization;

namespace MedTourism.StripeStandIn.Pages;

/// <summary>The payment page's words in one language.</summary>
internal sealed record PageTexts(
    string Language,
    string TestNotice,
    string Pay,
    string PayAmount,
    string Summary,
    string Email,
    string CardNumber,
    string Expiry,
    string Cvc,
    string Name,
    string Back,
    string Declined,
    string Funds,
    string BadNumber,
    string BadExpiry,
    string BadCvc,
    string BadEmail,
    string BadName,
    string FixBelow,
    string NotATestCard,
    string AuthenticationFailed,
    string Expired,
    string ExpiredBody,
    string AlreadyPaid,
    string Continue,
    string ChallengeTitle,
    string ChallengeBody,
    string Approve,
    string Fail,
    string TestCards,
    string CardOk,
    string CardDeclined,
    string CardFunds,
    string CardAsks,
    string CardSlowRefund,
    string CardFailingRefund,
    string OpenUntil)
{
    public bool RightToLeft => Language == "ar";

    public CultureInfo Culture => CultureInfo.GetCultureInfo(Language);

    public string Meaning(string card) => card switch
    {
        "ok" => CardOk,
        "declined" => CardDeclined,
        "funds" => CardFunds,
        "asks" => CardAsks,
        "slow-refund" => CardSlowRefund,
        _ => CardFailingRefund,
    };

    /// <summary>The session's language; with none or <c>auto</c>, the browser's.</summary>
    public static PageTexts For(string? locale, string? acceptLanguage)
    {
        var wanted = locale is null or "auto"
            ? (acceptLanguage ?? string.Empty).Split(',').Select(part => part.Split(';')[0].Trim())
            : [locale];
        return wanted.Select(Find).FirstOrDefault(found => found is not null) ?? English;
    }

    private static PageTexts? Find(string tag) =>
        Array.Find([English, Russian, Kazakh, French, Arabic], texts => tag.Split('-')[0].Equals(texts.Language, StringComparison.OrdinalIgnoreCase));

    private static readonly PageTexts English = new(
        "en", "Test payment page. No money moves.", "Pay", "Pay {0}", "Your payment", "Email", "Card number", "Expiry date (MM/YY)", "Security code (CVC)",
        "Name on card", "Back to the shop", "Your card was declined. Try another card.", "Your card has insufficient funds. Try another card.",
        "Enter a valid card number.", "Enter an expiry date in the future, as MM/YY.", "Enter the 3 or 4 digits of the security code.", "Enter an email address like name@example.com.", "Enter the name on the card.",
        "Check the fields marked below.", "Only test cards work here. Never enter a real card.", "Your bank could not confirm that it was you. Try again or use another card.",
        "This payment page has expired", "Nothing was charged. Go back and start again.", "This payment is already complete", "Continue",
        "Confirm with your bank (test)", "Your bank asks whether you want to pay {0}.", "Approve", "Refuse", "Test cards", "Payment succeeds", "Card is declined",
        "Insufficient funds", "Bank asks for confirmation (3-D Secure)", "Succeeds; a refund takes a while", "Succeeds; a refund fails later", "This page is open until {0} UTC.");

    private static readonly PageTexts Russian = new(
        "ru", "Тестовая страница оплаты. Деньги не списываются.", "Оплата", "Оплатить {0}", "Ваш платёж", "Эл. почта", "Номер карты", "Срок действия (ММ/ГГ)", "Код безопасности (CVC)",
        "Имя на карте", "Вернуться назад", "Карта отклонена. Попробуйте другую карту.", "На карте недостаточно средств. Попробуйте другую карту.",
        "Введите правильный номер карты.", "Введите срок действия в будущем в виде ММ/ГГ.", "Введите 3 или 4 цифры кода безопасности.", "Введите адрес вида name@example.com.", "Введите имя на карте.",
        "Проверьте отмеченные поля.", "Здесь работают только тестовые карты. Не вводите настоящую карту.", "Банк не подтвердил, что это вы. Попробуйте ещё раз или возьмите другую карту.",
        "Время этой страницы истекло", "Деньги не списаны. Вернитесь и начните заново.", "Этот платёж уже выполнен", "Продолжить",
        "Подтверждение банка (тест)", "Банк спрашивает, хотите ли вы заплатить {0}.", "Подтвердить", "Отказать", "Тестовые карты", "Платёж проходит", "Карта отклонена",
        "Недостаточно средств", "Банк просит подтверждение (3-D Secure)", "Проходит; возврат занимает время", "Проходит; возврат позже не удаётся", "Страница открыта до {0} UTC.");

    private static readonly PageTexts Kazakh = new(
        "kk", "Сынақ төлем беті. Ақша аударылмайды.", "Төлем", "{0} төлеу", "Сіздің төлеміңіз", "Эл. пошта", "Карта нөмірі", "Жарамдылық мерзімі (АА/ЖЖ)", "Қауіпсіздік коды (CVC)",
        "Картадағы аты-жөні", "Артқа оралу", "Карта қабылданбады. Басқа картаны қолданып көріңіз.", "Картада қаражат жеткіліксіз. Басқа картаны қолданып көріңіз.",
        "Карта нөмірін дұрыс енгізіңіз.", "Болашақтағы мерзімді АА/ЖЖ түрінде енгізіңіз.", "Қауіпсіздік кодының 3 немесе 4 санын енгізіңіз.", "name@example.com түріндегі мекенжайды енгізіңіз.", "Картадағы аты-жөніңізді енгізіңіз.",
        "Төменде белгіленген өрістерді тексеріңіз.", "Мұнда тек сынақ карталары жұмыс істейді. Нақты картаны енгізбеңіз.", "Банк сіз екеніңізді растай алмады. Қайталап көріңіз немесе басқа картаны қолданыңыз.",
        "Бұл төлем бетінің мерзімі өтті", "Ақша алынған жоқ. Артқа оралып, қайта бастаңыз.", "Бұл төлем орындалған", "Жалғастыру",
        "Банк растауы (сынақ)", "Банк {0} төлегіңіз келе ме деп сұрайды.", "Растау", "Бас тарту", "Сынақ карталары", "Төлем өтеді", "Карта қабылданбайды",
        "Қаражат жеткіліксіз", "Банк растауды сұрайды (3-D Secure)", "Өтеді; қайтару уақыт алады", "Өтеді; қайтару кейін сәтсіз болады", "Бет {0} UTC дейін ашық.");

    private static readonly PageTexts French = new(
        "fr", "Page de paiement d'essai. Aucun argent n'est débité.", "Paiement", "Payer {0}", "Votre paiement", "E-mail", "Numéro de carte", "Date d'expiration (MM/AA)", "Code de sécurité (CVC)",
        "Nom sur la carte", "Revenir en arrière", "Votre carte a été refusée. Essayez une autre carte.", "Provision insuffisante. Essayez une autre carte.",
        "Saisissez un numéro de carte valide.", "Saisissez une date future, au format MM/AA.", "Saisissez les 3 ou 4 chiffres du code de sécurité.", "Saisissez une adresse comme nom@example.com.", "Saisissez le nom sur la carte.",
        "Vérifiez les champs signalés ci-dessous.", "Seules les cartes d'essai fonctionnent ici. Ne saisissez jamais une vraie carte.", "Votre banque n'a pas pu confirmer que c'était vous. Réessayez ou utilisez une autre carte.",
        "Cette page de paiement a expiré", "Rien n'a été débité. Revenez en arrière et recommencez.", "Ce paiement est déjà effectué", "Continuer",
        "Confirmation par votre banque (essai)", "Votre banque demande si vous voulez payer {0}.", "Approuver", "Refuser", "Cartes d'essai", "Le paiement réussit", "La carte est refusée",
        "Provision insuffisante", "La banque demande une confirmation (3-D Secure)", "Réussit ; le remboursement prend du temps", "Réussit ; le remboursement échoue ensuite", "Cette page reste ouverte jusqu'à {0} UTC.");

    private static readonly PageTexts Arabic = new(
        "ar", "صفحة دفع تجريبية. لا يتم تحويل أي أموال.", "الدفع", "ادفع {0}", "دفعتك", "البريد الإلكتروني", "رقم البطاقة", "تاريخ الانتهاء (شهر/سنة)", "رمز الأمان (CVC)",
        "الاسم على البطاقة", "العودة", "رُفضت بطاقتك. جرّب بطاقة أخرى.", "الرصيد غير كافٍ. جرّب بطاقة أخرى.",
        "أدخل رقم بطاقة صحيحًا.", "أدخل تاريخ انتهاء في المستقبل بصيغة MM/YY.", "أدخل رمز الأمان من 3 أو 4 أرقام.", "أدخل بريدًا مثل name@example.com.", "أدخل الاسم على البطاقة.",
        "تحقق من الحقول المحددة أدناه.", "تعمل هنا البطاقات التجريبية فقط. لا تُدخل بطاقة حقيقية أبدًا.", "لم يتمكن البنك من التأكد من هويتك. حاول مرة أخرى أو استخدم بطاقة أخرى.",
        "انتهت صلاحية صفحة الدفع هذه", "لم يُخصم أي مبلغ. عُد وابدأ من جديد.", "تم هذا الدفع بالفعل", "متابعة",
        "تأكيد من البنك (تجريبي)", "يسأل البنك هل تريد دفع {0}.", "موافقة", "رفض", "بطاقات تجريبية", "ينجح الدفع", "تُرفض البطاقة",
        "رصيد غير كافٍ", "يطلب البنك التأكيد (3-D Secure)", "ينجح؛ ويستغرق الاسترداد وقتًا", "ينجح؛ ويفشل الاسترداد لاحقًا", "هذه الصفحة مفتوحة حتى {0} UTC.");
}
