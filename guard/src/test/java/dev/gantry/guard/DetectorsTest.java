package dev.gantry.guard;

import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/** What is found in text as people write it, and what is left alone. */
class DetectorsTest {
    private static void check(String... marked) {
        SoftAssertions.assertSoftly(all -> {
            for (String each : marked) {
                Marked expected = Marked.of(each);
                all.assertThat(new TestingRules().redact(expected.text()))
                        .as(expected.text())
                        .isEqualTo(expected.redacted());
            }
        });
    }

    @Test
    void shouldFindEmailAddresses() {
        check(
                "Write to {EMAIL:john.doe@example.com}.",
                "<{EMAIL:john+tag@sub.example.co.uk}>, {EMAIL:x_y-z@a-b.io}",
                "\"email\":\"{EMAIL:JOHN@EXAMPLE.ORG}\"",
                "[mail](mailto:{EMAIL:o'brien@example.ie})",
                "name,{EMAIL:a1@b2.de},5",
                "email={EMAIL:jane@example.com}&x=1",
                "{EMAIL:müller@münchen.de} schreibt",
                "＊{EMAIL:john＠example．com}",
                "user@localhost, git@github, @handle, a@b, foo@1.2.3, @Override public",
                "see npm package@1.2.3 and array[@index]");
    }

    @Test
    void shouldFindCards() {
        check(
                "Card {CREDIT_CARD:4111 1111 1111 1111} please",
                "card number: {CREDIT_CARD:4111-1111-1111-1111}, exp 12/29",
                "{\"pan\":\"{CREDIT_CARD:5500005555555559}\"}",
                "amex {CREDIT_CARD:3782 822463 10005} or {CREDIT_CARD:371449635398431}",
                "Diners: {CREDIT_CARD:3056 930902 5904}; JCB {CREDIT_CARD:3530111333300000}",
                "{CREDIT_CARD:6011111111111117}\t{CREDIT_CARD:6011000990139424}",
                "４１１１: {CREDIT_CARD:４１１１ １１１１ １１１１ １１１１}",
                "nbsp {CREDIT_CARD:4111\u00a01111\u00a01111\u00a01111} and zero width {CREDIT_CARD:4111\u200b1111\u200b1111\u200b1111}",
                "dashes {CREDIT_CARD:4111–1111–1111–1111}",
                "text\\n{CREDIT_CARD:4111111111111111}\\nnext",
                "**{CREDIT_CARD:4111 1111 1111 1111}** `{CREDIT_CARD:5105105105105100}`",
                "信用卡{CREDIT_CARD:4111111111111111}号",
                "4111 1111 1111 1112 fails the check",
                "order number 4111111111111111 and tracking id 5500005555555559",
                "0000 0000 0000 0000 and 1111 1111 1111 1111",
                "ts=1700000000000 id=4111111111111111234567 0.4111111111111111",
                "uuid 550e8400-e29b-41d4-a716-446655440000 sha 4111111111111111abcdef");
    }

    @Test
    void shouldFindSocialSecurityAndTaxpayerNumbers() {
        check(
                "SSN: {SSN:536-22-8726}",
                "my social is {SSN:536 22 8726}",
                "ssn={SSN:536228726}",
                "{\"socialSecurityNumber\": \"{SSN:536.22.8726}\"}",
                "He wrote {SSN:536-22-8726} on the form.",
                "ITIN {ITIN:912-73-1234}",
                "SSN 000-12-3456, 666-12-3456, 936-12-3456, 536-00-8726, 536-22-0000, 078-05-1120",
                "order 536-22-87261 and part 1536-22-8726 or A-536-22-8726",
                "zip 536228726, code 536 22 87",
                "version 536.22.8726, ticket 536-22-8726, serial 536-22-8726",
                "ID: {SSN:536-22-8726}");
    }

    @Test
    void shouldFindAccountNumbers() {
        check(
                "IBAN {IBAN:DE89 3704 0044 0532 0130 00}",
                "{IBAN:GB29NWBK60161331926819}; {IBAN:FR1420041010050500013M02606}",
                "to {IBAN:NL91 ABNA 0417 1643 00} today",
                "{IBAN:de89370400440532013000}",
                "DE89 3704 0044 0532 0130 01 has a typo",
                "GB29NWBK60161331926819X, XX89370400440532013000");
    }

    @Test
    void shouldFindTelephoneNumbers() {
        check(
                "Call {PHONE:+1 (202) 555-0123} now",
                "call {PHONE:(415) 555-2671 ext. 12}",
                "{PHONE:555-123-4567}, {PHONE:415.555.2671}",
                "tel: {PHONE:+49 30 901820}",
                "Tel. {PHONE:030 901820}",
                "mobile {PHONE:07700 900123} or {PHONE:020 7946 0958}",
                "Téléphone: {PHONE:06 12 34 56 78}",
                "phone={PHONE:2025550123}",
                "{PHONE:001-202-555-0143x1234}",
                "{PHONE:1-800-555-0199}",
                "whatsapp {PHONE:+91 98765 43210}, {PHONE:+447911123456}",
                "phone {PHONE:415-555-2671} 2024-01-01",
                "on 2024-01-15 at 10:23:45, 1700000000, 192.0.0",
                "order 123-4567-890, invoice 2025550123, sum 1 234 567",
                "score 100-200-3000, matrix 100 200 300 400, 1-2-3, 10-20-30",
                "a + 1234567 = b, x+12025550123y");
    }

    @Test
    void shouldFindNetworkAddresses() {
        check(
                "from {IP_ADDRESS:203.0.113.7} to {IP_ADDRESS:10.1.2.3}:8080",
                "http://{IP_ADDRESS:192.168.1.10}/x {IP_ADDRESS:192.168.0.0}/16 ip",
                "{IP_ADDRESS:2001:db8:85a3::8a2e:370:7334} [{IP_ADDRESS:fe80::1ff:fe23:4567:890a}]:443",
                "{IP_ADDRESS:2001:0db8:85a3:0000:0000:8a2e:0370:7334}",
                "mac {MAC_ADDRESS:00:1A:2b:3c:4D:5e}, {MAC_ADDRESS:00-1A-2B-3C-4D-5E}, {MAC_ADDRESS:001a.2b3c.4d5e}",
                "127.0.0.1, 0.0.0.0, 255.255.255.0, version 10.4.3.21, v1.2.3.4, Chrome/120.0.6099.71",
                "1.2.3.4.5 and 300.1.1.1, 1.2.3, section 4.3.2.1",
                "std::vector, a::b, 12:30:45, ::1, 00:00:00:00:00:00",
                "fp 16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48");
    }

    @Test
    void shouldFindUrlsWithCredentials() {
        check(
                "{URL_CREDENTIALS:postgres://app:s3cr3t@db.example.com:5432/app?ssl=true} x",
                "url: \"{URL_CREDENTIALS:https://bob:p@ss@example.com/a}\"",
                "{URL_CREDENTIALS:redis://:hunter2@10.0.0.5:6379/0}",
                "https://example.com:8080/a@b, http://user@host/x, postgres://app:${PASSWORD}@db/x, http://u:***@h/");
    }

    @Test
    void shouldFindDatesOfBirth() {
        check(
                "DOB: {DATE_OF_BIRTH:01/02/1980}",
                "born on {DATE_OF_BIRTH:March 12, 1980} in Rome",
                "born {DATE_OF_BIRTH:12 March 1980}",
                "\"dateOfBirth\": \"{DATE_OF_BIRTH:1980-03-12}\"",
                "date_of_birth={DATE_OF_BIRTH:19800312}",
                "geboren am {DATE_OF_BIRTH:12.03.1980}",
                "née le {DATE_OF_BIRTH:12 mars 1980}",
                "{DATE_OF_BIRTH:12/03/1980} (date of birth)",
                "created 1980-03-12, expires 01/02/2030, 12 March 2020",
                "DOB unknown, admitted 2024-01-05");
    }

    @Test
    void shouldFindIdentifiersByTheirLabels() {
        check(
                "MRN: {MEDICAL_RECORD:00123456}",
                "patient id {MEDICAL_RECORD:A1234567}",
                "MRN-{MEDICAL_RECORD:7654321}",
                "NPI {NPI:1234567893}",
                "NPI 1234567890 fails",
                "MBI {MBI:1EG4-TE5-MK73}, medicare {MBI:1EG4TE5MK73}",
                "Member ID: {INSURANCE_ID:XYZ123456789}",
                "policy number {INSURANCE_ID:POL-1234567}",
                "passport {PASSPORT:C01X00T47}",
                "Passport No. {PASSPORT:123456789}",
                "Reisepassnummer: {PASSPORT:C01X00T47}",
                "driver's license {DRIVER_LICENSE:D1234567}",
                "driverLicenseNumber: \"{DRIVER_LICENSE:S530-4601-2345}\"",
                "DL# {DRIVER_LICENSE:12345678}",
                "Führerschein {DRIVER_LICENSE:B072RRE2I55}",
                "public 12345678, license MIT 1234567, passport applications rose to 1234567",
                "policy 2023-2024, order id A1234567, commit abc12345, SKU-1234567");
    }

    @Test
    void shouldFindWallets() {
        check(
                "btc {CRYPTO_ADDRESS:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa}",
                "{CRYPTO_ADDRESS:3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy}",
                "{CRYPTO_ADDRESS:bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq}",
                "eth {CRYPTO_ADDRESS:0x52908400098527886E0F7030069857D2E4169EE7}",
                "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb, bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdz, 0x1234");
    }

    @Test
    void shouldFindNames() {
        check(
                "Dear {PERSON:John Smith}, thanks",
                "Mr. {PERSON:Okonkwo} called",
                "Dr. {PERSON:Jane Q. Doe} and {PERSON:Maria García}",
                "Patient: {PERSON:Emily Johnson}, aged 40",
                "my name is {PERSON:Anna}",
                "{PERSON:Ludwig van Beethoven}'s work",
                "Jordan River, Grant Application, the Mark Of, Austin Texas, John",
                "public class Peter extends Paul");
    }

    @Test
    void shouldFindAddresses() {
        check(
                "Lives at {ADDRESS:123 Main Street, Springfield, IL 62704}.",
                "{ADDRESS:1600 Pennsylvania Ave NW}",
                "at {ADDRESS:221B Baker Street, London NW1 6XE}",
                "{ADDRESS:42 Oak St. Apt 5B, Austin, TX 78701}",
                "{ADDRESS:Hauptstraße 12, 10115 Berlin}",
                "{ADDRESS:10 rue de la Paix, 75002 Paris}",
                "{ADDRESS:Calle Mayor 12}",
                "{ADDRESS:P.O. Box 1234}",
                "5 things to do, 10 Downing, 3 way street, 200 OK");
    }
}
