package dev.gantry.guard;

/** The words by which {@link PersonDetector} tells names from other capitalized words. */
final class PersonWords {
    static final String[] TITLES = {
        "mr",
        "mrs",
        "ms",
        "miss",
        "mx",
        "dr",
        "prof",
        "professor",
        "doctor",
        "sir",
        "madam",
        "herr",
        "frau",
        "mme",
        "mlle",
        "madame",
        "monsieur",
        "señor",
        "señora",
        "sr",
        "sra",
        "signor",
        "signora",
        "dott",
        "mevrouw",
        "dhr",
        "nurse",
        "judge"
    };
    static final String[] LABELS = {
        "name",
        "dear",
        "patient",
        "customer",
        "client",
        "employee",
        "cardholder",
        "applicant",
        "attn",
        "attention",
        "beneficiary",
        "insured",
        "policyholder",
        "signed",
        "regards",
        "sincerely",
        "contact",
        "holder",
        "nom",
        "nombre",
        "nome",
        "naam",
        "kunde",
        "patientin",
        "fullname",
        "firstname",
        "lastname",
        "surname",
        "sender",
        "recipient",
        "am",
        "m",
        "called",
        "named",
        "from",
        "to",
        "cc",
        "by",
        "author",
        "owner",
        "assignee",
        "reporter",
        "attendees",
        "attendee",
        "participant",
        "participants",
        "passenger",
        "guest",
        "tenant",
        "borrower",
        "claimant",
        "witness",
        "plaintiff",
        "defendant"
    };
    /** Labels behind which two capitalized words are a name, if a colon or the like stands between. */
    static final WordTable<Boolean> PERSONAL =
            WordTable.of("dear from to cc by author owner guest tenant nurse attn signed sender");
    /** Whose name it is. */
    static final ContextWords<Boolean> OF_PEOPLE = ContextWords.of(
            "patient",
            "customer",
            "client",
            "full",
            "contact",
            "employee",
            "member",
            "applicant",
            "cardholder",
            "holder",
            "user",
            "student",
            "guest",
            "passenger",
            "tenant",
            "borrower",
            "legal",
            "maiden",
            "display",
            "real",
            "voller",
            "nombre",
            "prénom");

    static final WordTable<Boolean> GIVEN = Names.givenTable();
    static final WordTable<Boolean> AMBIGUOUS = Names.ambiguous();
    static final WordTable<Boolean> FAMILY = Names.family();
    static final WordTable<Boolean> PARTICLES =
            WordTable.of("van von de der den del della di da dos du la le el al bin ibn ter ten");
    static final WordTable<Boolean> NOT_NAMES = WordTable.of("""
            the and for with from this that these those street st avenue ave road rd drive boulevard lane court inc llc ltd
            gmbh corp company co group bank university college school hospital institute center centre city county state
            island river lake mountain park hotel airport station church january february march april may june july august
            september october november december monday tuesday wednesday thursday friday saturday sunday street is was are
            were has have had will would can could should may might said says asked told called works lives went came sent
            please thank thanks hello hi dear regards sincerely best number phone email address date id account order
            invoice team support service services department office manager director engineer developer president ceo cto
            foundation association university api sdk http https json sql java python linux windows error warning info
            debug note todo who what when where why how it he she they we you i my your his her our their in on at to of by
            as or if but not no yes new old north south east west united states kingdom america europe china india germany
            day days week month year unknown none null not individual taxpayer national provider identifier identification
            general electric set two three way number forwarded request token cookie auth key value type content user users
            admin administrator root member members group class public static void return string team sir madam
            sirs all everyone folks guys friend friends colleague colleagues valued both required optional see above below
            benz square tower bridge valley beach bay square garden gardens castle palace cathedral stadium museum theatre
            theater award prize act law rule theorem series chart test model method algorithm syndrome disease effect
            motors motor bank airlines airways press post times journal tribune news magazine records pictures studios
            systems technologies solutions holdings partners capital ventures industries international global digital
            mount read driver drivers nr chapter
            first last full middle next previous new default example sample case order orders item items product products""");
    /** What follows a single name makes it the name of a place or a firm: {@code Victoria Station}. */
    static final WordTable<Boolean> PLACES = WordTable.of("""
            station street st avenue ave road rd lane square park bridge tower river lake island bay beach valley hill hills
            hotel airport hospital university college school church cathedral castle palace stadium museum theatre theater
            house hall court gardens garden inc llc ltd gmbh corp co company group bank motors airlines foundation institute
            award prize act theorem series chart syndrome disease electric""");
    /** Names of firms that are names of people as well, written in one. */
    static final WordTable<Boolean> FIRMS = WordTable.of("""
            morganstanley mercedesbenz charlesschwab wellsfargo ralphlauren calvinklein tommyhilfiger arthurandersen
            ernstyoung harleydavidson johndeere hugoboss walmart jpmorgan philipmorris johnlewis michaelkors rosegarden
            jackdaniels johnniewalker aloevera santaclaus jackrussell""");
    /** What stands before a family name and is no given name. */
    static final WordTable<Boolean> NOT_GIVEN = WordTable.of("""
            san santa los las mount lake hotel café cafe restaurant general saint port fort captain president senator
            governor king queen prince princess pope detective officer sergeant colonel major lieutenant uncle aunt auntie
            ask tell call contact see thanks hey hello dear cc attn villa plaza casa via rue calle avenida der die das le
            la el les mount chef coach director senior junior late great little big brother sister father mother saints
            judge professor doctor nurse minister chancellor mayor ambassador inspector agent team house clan family
            herr frau señor señora monsieur madame signor mevrouw mister missus""");

    private PersonWords() {}
}
