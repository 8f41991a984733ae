package dev.gantry.guard;

/**
 * Which detector is asked where. Every line of {@link #build()} is one detector; adding one takes its class, its kind in
 * {@link Kinds} and a line here.
 */
final class Detectors {
    private Detectors() {}

    /** Returns the scanner with all built-in detectors, which is the same for everybody. */
    static Scanner builtIn() {
        return Holder.SCANNER;
    }

    private static Scanner build() {
        PhoneDetector phone = new PhoneDetector();
        IpDetector ip = new IpDetector();
        IdentifierDetector identifier = new IdentifierDetector();
        BirthDateDetector birthDate = new BirthDateDetector();
        Scanner.Builder secrets = new Scanner.Builder();
        SecretDetector.register(secrets);
        MarkedSecretDetector marked = new MarkedSecretDetector();
        WebhookDetector webhook = new WebhookDetector();
        return secrets.atWord(new PrivateKeyDetector(), "begin")
                .atWord(new AssignmentDetector(true), AssignmentDetector.PASSWORDS)
                .atWord(new AssignmentDetector(false), AssignmentDetector.SECRETS)
                .atByte(marked, '~')
                .atCode(marked)
                .atWord(marked, MarkedSecretDetector.WORDS)
                .atWord(webhook, WebhookDetector.WORDS)
                .atNumber(webhook)
                .atByte(new EmailDetector(), '@')
                .atByte(new UrlCredentialsDetector(), ':')
                .atByte(ip, ':')
                .atNumber(ip)
                .atByte(new MacDetector(), ':', '-', '.')
                .atNumber(new CardDetector())
                .atNumber(new SocialSecurityDetector())
                .atCode(new IbanDetector())
                .atNumber(birthDate)
                .atWord(birthDate, Dates.monthNames())
                .atNumber(phone)
                .atByte(phone, '+', '(')
                .atNumberOrCode(identifier)
                .atCode(new CryptoDetector())
                .atWord(new PersonDetector(PersonDetector.Lead.TITLE), PersonWords.TITLES)
                .atWord(new PersonDetector(PersonDetector.Lead.LABEL), PersonWords.LABELS)
                .atWord(new PersonDetector(PersonDetector.Lead.GIVEN), Names.given())
                .atWord(new PersonDetector(PersonDetector.Lead.FAMILY), Names.clearFamily())
                .atNumber(new AddressDetector(AddressDetector.Form.NUMBER_FIRST))
                .atSuffix(new AddressDetector(AddressDetector.Form.GERMAN), AddressDetector.GERMAN_ENDINGS)
                .atWord(new AddressDetector(AddressDetector.Form.PREPOSITION), AddressDetector.PREPOSITIONS)
                .atWord(new AddressDetector(AddressDetector.Form.ROMANCE), AddressDetector.ROMANCE_STREETS)
                .atWord(new AddressDetector(AddressDetector.Form.BOX), AddressDetector.BOXES)
                .build();
    }

    private static final class Holder {
        static final Scanner SCANNER = build();
    }
}
