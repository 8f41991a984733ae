package dev.gantry.guard;

import dev.gantry.guard.InjectionDetector.Deed;

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
                .atLongCode(marked)
                .atWord(marked, MarkedSecretDetector.WORDS)
                .atWord(webhook, WebhookDetector.WORDS)
                .atNumber(webhook, NumberForm.PIECE)
                .atByte(new EmailDetector(), '@')
                .atByte(new UrlCredentialsDetector(), ':')
                .atByte(ip, ':')
                .atNumber(ip, NumberForm.GROUPED)
                .atByte(new MacDetector(), ':', '-', '.')
                .atNumber(new CardDetector(), NumberForm.PIECE, NumberForm.GROUPED)
                .atNumber(new SocialSecurityDetector(), NumberForm.PIECE, NumberForm.GROUPED)
                .atCode(new IbanDetector())
                .atNumber(birthDate, NumberForm.SHORT, NumberForm.PIECE, NumberForm.DATE, NumberForm.GROUPED)
                .atWord(birthDate, Dates.monthNames())
                .atNumber(phone, NumberForm.PIECE, NumberForm.GROUPED)
                .atByte(phone, '+', '(')
                .atNumberOrCode(identifier)
                .labels(Identifier.byLabel().lastWords(label -> label != Identifier.OTHER))
                .labels(BirthDateDetector.words())
                .atLongCode(new CryptoDetector())
                .atWord(new PersonDetector(PersonDetector.Lead.TITLE), PersonWords.TITLES)
                .atWord(new PersonDetector(PersonDetector.Lead.LABEL), PersonWords.LABELS)
                .atWord(new PersonDetector(PersonDetector.Lead.GIVEN), Names.given())
                .atWord(new PersonDetector(PersonDetector.Lead.FAMILY), Names.clearFamily())
                .atNumber(new AddressDetector(AddressDetector.Form.NUMBER_FIRST), NumberForm.SHORT, NumberForm.GROUPED)
                .atSuffix(new AddressDetector(AddressDetector.Form.GERMAN), AddressDetector.GERMAN_ENDINGS)
                .atWord(new AddressDetector(AddressDetector.Form.PREPOSITION), AddressDetector.PREPOSITIONS)
                .atWord(new AddressDetector(AddressDetector.Form.ROMANCE), AddressDetector.ROMANCE_STREETS)
                .atWord(new AddressDetector(AddressDetector.Form.BOX), AddressDetector.BOXES)
                .atWord(new InjectionDetector(Deed.OVERRIDE), InjectionWords.OVERRIDES)
                .atWord(new InjectionDetector(Deed.REVEAL), InjectionWords.REVEALS)
                .atWord(new InjectionDetector(Deed.PERSONA), InjectionWords.PERSONAS)
                .atWord(new InjectionDetector(Deed.ADDRESS), InjectionWords.ADDRESSES)
                .atWord(new InjectionDetector(Deed.TAKE), InjectionWords.DEEDS)
                .atByte(new InjectionDetector(Deed.FORGE), '<', '[', '#')
                .build();
    }

    private static final class Holder {
        static final Scanner SCANNER = build();
    }
}
