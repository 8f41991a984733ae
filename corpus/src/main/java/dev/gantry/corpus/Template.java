package dev.gantry.corpus;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A text with places for values: {@code {email}} for one that is to be found, {@code {-uuid}} for one that is not, {@code
 * \n} for the end of a line.
 */
record Template(String text) {
    private static final Pattern PLACE = Pattern.compile("\\{(-?[a-z][a-z0-9_]*!?)\\}");

    /** A piece of text; with a kind when it is to be found. */
    record Piece(@Nullable String kind, String text) {}

    /** Fills in values. */
    List<Piece> fill(Draw draw) {
        List<Piece> pieces = new ArrayList<>();
        Matcher place = PLACE.matcher(text);
        int written = 0;
        while (place.find()) {
            pieces.add(new Piece(null, text.substring(written, place.start())));
            pieces.add(piece(place.group(1), draw));
            written = place.end();
        }
        pieces.add(new Piece(null, text.substring(written)));
        return pieces;
    }

    private static Piece piece(String name, Draw draw) {
        if (name.startsWith("-")) {
            return new Piece(null, HarmlessValues.make(name.substring(1), draw));
        }
        Value value = value(name, draw);
        return new Piece(value.kind(), value.text());
    }

    private static Value value(String name, Draw draw) {
        return switch (name) {
            case "credit_card" -> new Value(name, FinancialValues.card(draw));
            case "iban" -> new Value(name, FinancialValues.iban(draw));
            case "crypto_address" -> new Value(name, FinancialValues.wallet(draw));
            case "ssn" -> new Value(name, PersonalValues.ssn(draw));
            case "itin" -> new Value(name, PersonalValues.itin(draw));
            case "date_of_birth" -> new Value(name, PersonalValues.birthDate(draw));
            case "medical_record" -> new Value(name, PersonalValues.medicalRecord(draw));
            case "npi" -> new Value(name, PersonalValues.npi(draw));
            case "mbi" -> new Value(name, PersonalValues.beneficiary(draw));
            case "insurance_id" -> new Value(name, PersonalValues.insurance(draw));
            case "passport" -> new Value(name, PersonalValues.passport(draw));
            case "driver_license" -> new Value(name, PersonalValues.driverLicense(draw));
            case "phone" -> new Value(name, ContactValues.phone(draw));
            case "phone!" -> new Value("phone", ContactValues.clearPhone(draw));
            case "email" -> new Value(name, ContactValues.email(draw));
            case "ip_address" -> new Value(name, ContactValues.ip(draw));
            case "mac_address" -> new Value(name, ContactValues.mac(draw));
            case "url_credentials" -> new Value(name, ContactValues.urlCredentials(draw));
            case "person" -> new Value(name, PeopleValues.name(draw));
            case "surname" -> new Value("person", PeopleValues.familyName(draw));
            case "address" -> new Value(name, PeopleValues.address(draw));
            case "password" -> new Value("secret_assignment", SecretValues.password(draw));
            case "key" -> new Value("secret_assignment", SecretValues.randomKey(draw));
            case "secret" -> SecretValues.token(draw);
            default -> throw new IllegalArgumentException("There is no value '" + name + "'");
        };
    }
}
