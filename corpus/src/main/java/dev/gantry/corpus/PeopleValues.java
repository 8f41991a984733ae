package dev.gantry.corpus;

import java.util.List;

/** Names and postal addresses, of several parts of the world. */
final class PeopleValues {
    private static final List<String> GIVEN =
            List.of(("Emma Noah Olivia Liam Charlotte Oliver Amelia Elijah Sophia James"
                            + " Isabella William Mia Henry Evelyn Lucas Harper Theodore Ethel Barnaby Imogen Callum Niamh Siobhan Cormac"
                            + " Lukas Leonie Finn Mila Jonas Hannelore Detlef Ingeborg Camille Hugo Manon Théo Aurore Gaspard Lucía Hugo"
                            + " Martín Paula Álvaro Carmen Giulia Leonardo Aurora Alessandro Chiara Sem Fenna Daan Sanne Joost Oskar"
                            + " Zofia Antoni Maja Jakub Wojciech Elena Dmitri Anastasia Oksana Volodymyr Katarzyna Aarav Ananya Vihaan"
                            + " Priya Rohan Deepika Arjun Lakshmi Wei Mei Jun Xiu Hiroshi Yuki Sakura Kenta Min-jun Seo-yeon Ji-woo"
                            + " Nguyen Linh Thao Somchai Putri Budi Amina Kofi Chidi Ngozi Adaeze Kwame Thandiwe Sipho Zanele Fatou"
                            + " Mohammed Yasmin Omar Layla Khalid Noor Reza Shirin Ayşe Mehmet Elif Mustafa João Beatriz Thiago Inês"
                            + " Freya Astrid Magnus Bjørn Solveig Eero Aino")
                    .split(" "));
    private static final List<String> FAMILY =
            List.of(("Smith Jones Taylor Brown Whitfield Thornbury Ashworth Pemberton"
                            + " Gallagher O'Sullivan Byrne McAllister Johnson Martinez Robinson Delacroix Beaumont Müller Schneider"
                            + " Weber Hoffmann Grünwald Kirchner Dubois Lefèvre Moreau Fontaine García Fernández Ruiz Navarro Castellanos"
                            + " Rossi Bianchi Romano Colombo Ferrari De-Vries Bakker Jansen Visser Kowalski Nowak Wiśniewska Zieliński"
                            + " Ivanov Petrova Kuznetsov Shevchenko Sharma Patel Iyer Reddy Chatterjee Banerjee Wang Li Zhang Chen"
                            + " Tanaka Yamamoto Watanabe Kobayashi Kim Park Choi Tran Pham Suwannarat Wijaya Okafor Adeyemi Mensah"
                            + " Diallo Nkosi Dlamini Abebe Al-Rashid Haddad Khoury Hosseini Yılmaz Demir Silva Santos Oliveira Costa"
                            + " Andersson Lindqvist Hansen Nielsen Virtanen Korhonen Haugen")
                    .split(" "));
    /** Names of the part that is kept apart: other frequent ones of the same countries. */
    private static final List<String> OTHER_GIVEN =
            List.of(("Brittany Derek Kimberly Curtis Vanessa Marcus Penelope Alistair"
                            + " Rhiannon Eamon Grainne Torsten Birgit Rainer Claudia Olivier Sandrine Thierry Mathilde Rodrigo Consuelo"
                            + " Esteban Marisol Alberto Silvia Massimo Pieter Anouk Jeroen Małgorzata Paweł Halina Svetlana Gennady Olha"
                            + " Bohdan Pranav Nandita Karthik Shreya Gurpreet Qing Yan Fang Daichi Naomi Ren Hyun-woo Eun-ji Phuong Duc"
                            + " Siti Rizky Femi Nneka Obinna Efua Kojo Bongani Naledi Mariam Yusuf Samira Rashid Parisa Behrouz Zeynep"
                            + " Emre Gabriela Otávio Renata Linnea Håkon Pekka Kaisa Tadesse Wanjiru")
                    .split(" "));

    private static final List<String> OTHER_FAMILY =
            List.of(("Hughes Bennett Carmichael Ellsworth Winterbourne Finnegan Murphy"
                            + " Rodriguez Delgado Foster Langdon Krause Winkler Brandt Steinmetz Chevallier Marchand Perrin Delaunay"
                            + " Vargas Serrano Quintana Ricci Gallo Caputo Smit Bosman Mazur Krawczyk Lewandowska Orlov Fedorova"
                            + " Kovalenko Rao Joshi Pillai Bhattacharya Kaur Xu Zhao Deng Ito Saito Matsuda Kang Yoon Bui Ngo Hartono"
                            + " Nwosu Balogun Owusu Keita Zulu Khumalo Getachew Saleh Darwish Rahimi Şahin Aydın Ferreira Carvalho Moura"
                            + " Lindgren Bergström Dahl Heikkinen")
                    .split(" "));
    private static final List<String> STREETS = List.of(
            "Maple",
            "Washington",
            "Lakeview",
            "Church",
            "Elm",
            "Sunset",
            "Cedar Hill",
            "Martin Luther King",
            "Old Mill",
            "Riverside",
            "Chestnut",
            "Highland",
            "Park",
            "Jefferson",
            "Willow Creek");
    private static final List<String> SUFFIXES = List.of(
            "Street", "St", "Ave", "Avenue", "Road", "Rd", "Blvd", "Lane", "Drive", "Dr", "Court", "Ct", "Way",
            "Terrace", "Place");
    private static final List<String> TOWNS = List.of(
            "Springfield, IL 62704",
            "Austin, TX 78701",
            "Portland, OR 97205",
            "Boston, MA 02116",
            "Salt Lake City, UT 84101",
            "Miami, FL 33130",
            "Denver, CO 80202-1234",
            "Seattle WA 98101");

    private PeopleValues() {}

    static String name(Draw draw) {
        String given = givenName(draw);
        String family = familyName(draw);
        return switch (draw.number(0, 11)) {
            case 0 -> given + " " + draw.some("ABCDEFGHJKLMPRST", 1) + ". " + family;
            case 1 -> given + " " + givenName(draw) + " " + family;
            default -> given + " " + family;
        };
    }

    private static String givenName(Draw draw) {
        return draw.of(draw.isHeldOut() ? OTHER_GIVEN : GIVEN);
    }

    static String familyName(Draw draw) {
        return draw.of(draw.isHeldOut() ? OTHER_FAMILY : FAMILY).replace("De-", "de ");
    }

    static String address(Draw draw) {
        int number = draw.number(1, 9899);
        return switch (draw.number(0, 13)) {
            case 0, 1, 2, 3 -> number + " " + draw.of(STREETS) + " " + draw.of(SUFFIXES) + ", " + draw.of(TOWNS);
            case 4 ->
                number + " " + draw.of("N.", "W", "South", "East") + " " + draw.of(STREETS) + " " + draw.of(SUFFIXES);
            case 5 ->
                number + " " + draw.of(STREETS) + " " + draw.of(SUFFIXES) + ", " + draw.of("Apt", "Suite", "Unit") + " "
                        + draw.number(1, 40) + ", " + draw.of(TOWNS);
            case 6 ->
                draw.number(1, 199) + " " + draw.of("High", "Victoria", "Queen's", "Station", "King") + " "
                        + draw.of("Street", "Road", "Close", "Crescent") + ", "
                        + draw.of("London SW1A 2AB", "Leeds LS1 4DY", "Bristol BS1 5TR");
            case 7, 8 ->
                draw.of("Hauptstraße", "Lindenallee", "Goethestr.", "Am Markt", "Bahnhofstrasse", "Kastanienweg") + " "
                        + draw.number(1, 180) + draw.of("", "a", "") + ", "
                        + draw.of("10115 Berlin", "80331 München", "50667 Köln", "8001 Zürich");
            case 9, 10 ->
                draw.number(1, 120) + draw.of("", " bis")
                        + draw.of(
                                " rue de la République",
                                " avenue Victor Hugo",
                                " boulevard Voltaire",
                                ", rue des Lilas")
                        + ", " + draw.of("75011 Paris", "69003 Lyon", "13001 Marseille");
            case 11 ->
                draw.of("Calle Mayor", "Avenida de la Constitución", "Via Garibaldi", "Piazza Dante", "Rua Augusta")
                        + " " + draw.number(1, 90) + ", "
                        + draw.of("28013 Madrid", "41001 Sevilla", "00184 Roma", "20121 Milano");
            case 12 ->
                draw.of("Keizersgracht", "Dorpsstraat", "Stationsplein") + " " + draw.number(1, 400) + ", "
                        + draw.of("1015 CJ Amsterdam", "3511 ED Utrecht");
            default -> draw.of("P.O. Box", "PO Box", "Postfach", "Post Office Box") + " " + draw.number(10, 9999);
        };
    }
}
