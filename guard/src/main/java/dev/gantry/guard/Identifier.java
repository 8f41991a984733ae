package dev.gantry.guard;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Identifiers that only the words beside them tell from other codes. Each line is one kind: how such a code looks and
 * what people call it.
 */
enum Identifier {
    MEDICAL_RECORD(
            Kinds.MEDICAL_RECORD,
            5,
            15,
            4,
            4,
            "mrn",
            "mrns",
            "mr number",
            "mr no",
            "medical record",
            "medical record number",
            "medical record no",
            "medical record id",
            "med rec",
            "med rec no",
            "patient id",
            "patient number",
            "patient no",
            "patient identifier",
            "chart",
            "chart number",
            "chart no",
            "chart id",
            "hospital number",
            "hospital id",
            "health record",
            "record number",
            "patientennummer",
            "patienten id",
            "patientenakte",
            "krankenaktennummer",
            "fallnummer",
            "numéro de patient",
            "numéro de dossier",
            "dossier médical",
            "historia clínica",
            "número de historia clínica",
            "nhc",
            "cartella clinica",
            "patiëntnummer",
            "prontuário"),
    NPI(
            Kinds.NPI,
            10,
            10,
            10,
            0,
            "npi",
            "npis",
            "npi number",
            "npi no",
            "national provider identifier",
            "provider npi",
            "provider id",
            "provider number",
            "provider identifier"),
    MBI(
            Kinds.MBI,
            11,
            13,
            5,
            7,
            "mbi",
            "medicare beneficiary identifier",
            "medicare number",
            "medicare id",
            "medicare no",
            "medicare",
            "medicare claim number",
            "beneficiary identifier"),
    INSURANCE(
            Kinds.INSURANCE_ID,
            6,
            20,
            4,
            6,
            "member id",
            "member number",
            "member no",
            "member identifier",
            "memberid",
            "subscriber id",
            "subscriber number",
            "subscriber no",
            "subscriber",
            "policy",
            "policy number",
            "policy no",
            "policy id",
            "policyholder id",
            "insurance",
            "insurance id",
            "insurance number",
            "insurance no",
            "insurance policy",
            "insurance policy number",
            "insurance member id",
            "insurance card",
            "health insurance",
            "health insurance number",
            "health plan",
            "health plan id",
            "plan id",
            "insured id",
            "group number",
            "group no",
            "group id",
            "medicaid",
            "medicaid id",
            "medicaid number",
            "hicn",
            "beneficiary id",
            "payer id",
            "versicherungsnummer",
            "versichertennummer",
            "krankenversichertennummer",
            "krankenversicherungsnummer",
            "krankenversicherung",
            "kvnr",
            "policennummer",
            "numéro d'assuré",
            "numéro de police",
            "mutuelle",
            "póliza",
            "número de póliza",
            "polizza",
            "numero di polizza",
            "polisnummer",
            "verzekeringsnummer",
            "apólice",
            "nhs",
            "nhs number",
            "nhs no"),
    PASSPORT(
            Kinds.PASSPORT,
            6,
            10,
            3,
            6,
            "passport",
            "passports",
            "passport number",
            "passport no",
            "passport num",
            "passport id",
            "passport nr",
            "passport nbr",
            "travel document",
            "reisepass",
            "reisepassnummer",
            "passnummer",
            "pass nr",
            "passeport",
            "numéro de passeport",
            "pasaporte",
            "número de pasaporte",
            "passaporto",
            "numero di passaporto",
            "passaporte",
            "número do passaporte",
            "paspoort",
            "paspoortnummer",
            "paszport",
            "pas",
            "паспорт",
            "pasnummer",
            "passi"),
    DRIVER_LICENSE(
            Kinds.DRIVER_LICENSE,
            5,
            20,
            4,
            9,
            "driver license",
            "driver licence",
            "drivers license",
            "drivers licence",
            "driver's license",
            "driver's licence",
            "driver license number",
            "driver licence number",
            "drivers license number",
            "drivers licence number",
            "driver license no",
            "drivers license no",
            "driver license id",
            "driver lic",
            "drivers lic",
            "driver lic no",
            "driving license",
            "driving licence",
            "driving licence number",
            "driving license number",
            "driving licence no",
            "license number",
            "licence number",
            "license no",
            "licence no",
            "dl",
            "dl number",
            "dl no",
            "dl id",
            "dln",
            "cdl",
            "operator license",
            "operators license",
            "führerschein",
            "führerscheinnummer",
            "führerschein nr",
            "permis de conduire",
            "numéro de permis",
            "licencia de conducir",
            "licencia de manejo",
            "permiso de conducir",
            "carnet de conducir",
            "patente di guida",
            "patente",
            "numero patente",
            "rijbewijs",
            "rijbewijsnummer",
            "carteira de motorista",
            "cnh",
            "carta de condução",
            "prawo jazdy",
            "körkort",
            "førerkort",
            "kørekort"),
    /** Something else, by the words before it. */
    OTHER(Kinds.HARMLESS, 0, 0, 0, 0);

    private static final ContextWords<Identifier> LABELS = labels();

    @SuppressWarnings("ImmutableEnumChecker") // A record of texts.
    private final Kind kind;

    private final int lengthMin;
    private final int lengthMax;
    private final int digitsMin;
    private final int lettersMax;

    @SuppressWarnings("ImmutableEnumChecker") // List.of cannot be changed.
    private final List<String> names;

    Identifier(Kind kind, int lengthMin, int lengthMax, int digitsMin, int lettersMax, String... names) {
        this.kind = kind;
        this.lengthMin = lengthMin;
        this.lengthMax = lengthMax;
        this.digitsMin = digitsMin;
        this.lettersMax = lettersMax;
        this.names = List.of(names);
    }

    private static ContextWords<Identifier> labels() {
        Map<String, Identifier> out = new HashMap<>();
        for (String name : OtherNumbers.and(
                "phone",
                "phone number",
                "tel",
                "telephone",
                "fax",
                "mobile",
                "cell",
                "zip",
                "zip code",
                "ssn",
                "social security number",
                "account",
                "account number",
                "acct",
                "routing",
                "iban",
                "card number",
                "credit card",
                "debit card",
                "dob",
                "date",
                "date of birth",
                "born",
                "room",
                "suite",
                "extension",
                "ext",
                "year",
                "age",
                "email",
                "ip",
                "plate",
                "vin",
                "employee id",
                "student id",
                "user id",
                "customer id",
                "customer number",
                "software",
                "github",
                "npm",
                "api",
                "gpl",
                "mit license",
                "apache license")) {
            out.put(name, OTHER);
        }
        for (Identifier identifier : values()) {
            identifier.names.forEach(name -> out.put(name, identifier));
        }
        return new ContextWords<>(out);
    }

    /** Returns what words say what an identifier is. */
    static ContextWords<Identifier> byLabel() {
        return LABELS;
    }

    Kind kind() {
        return kind;
    }

    /** Returns whether a code may be one of these by its length and signs, hyphens not counted. */
    boolean fits(int letters, int digits) {
        int length = letters + digits;
        return length >= lengthMin && length <= lengthMax && digits >= digitsMin && letters <= lettersMax;
    }
}
