package dev.gantry.config;

import dev.gantry.kernel.Secret;
import dev.gantry.kernel.Text;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads scalars into Java values and shows Java values as text. */
final class Values {
    private static final int DIGITS_MAX = 40;
    private static final Pattern WHOLE = Pattern.compile("[-+]?[0-9]{1,30}");
    private static final Pattern DECIMAL = Pattern.compile("[-+]?[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]{1,2})?");
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");
    private static final String DURATION = "a duration with its unit, such as 250ms, 30s, 5m, 24h or 30d";
    private static final String SIZE = "a size with its unit, such as 64KiB, 512Mi or 10GB";

    private Values() {}

    /** Text that is not a value of its shape; the message completes "must be …" and never quotes the text. */
    static final class WrongValueException extends Exception {
        WrongValueException(String expected) {
            super(expected);
        }

        String expected() {
            return String.valueOf(getMessage());
        }
    }

    /**
     * Reads a scalar.
     *
     * @param base what a relative path is relative to; null leaves it relative to the working directory
     */
    static Object read(Shape shape, String text, Shape.Described described, @Nullable Path base)
            throws WrongValueException {
        return switch (shape) {
            case Shape.Plain.TEXT -> text;
            case Shape.Plain.INT -> Math.toIntExact(whole(text, described, Integer.MIN_VALUE, Integer.MAX_VALUE));
            case Shape.Plain.LONG -> whole(text, described, Long.MIN_VALUE, Long.MAX_VALUE);
            case Shape.Plain.DOUBLE -> decimal(text, described).doubleValue();
            case Shape.Plain.DECIMAL -> decimal(text, described);
            case Shape.Plain.BOOLEAN -> bool(text);
            case Shape.Plain.DURATION -> duration(text, described);
            case Shape.Plain.SIZE -> size(text, described);
            case Shape.Plain.PATH -> path(text, base);
            case Shape.Plain.ADDRESS -> address(text);
            case Shape.Choice choice -> choice(text, choice);
            case Shape.Hidden _ -> Secret.of(text);
            case Shape.ListOf _, Shape.MapOf _, Shape.Fields _, Shape.OneOf _ ->
                throw new IllegalArgumentException("Not a scalar: " + shape);
        };
    }

    private static long whole(String text, Shape.Described described, long typeMin, long typeMax)
            throws WrongValueException {
        if (!WHOLE.matcher(text).matches()) {
            throw new WrongValueException("a whole number" + range(described, Long::toString));
        }
        BigDecimal number = new BigDecimal(text);
        refuseOutside(number, "a whole number", described);
        if (number.compareTo(BigDecimal.valueOf(typeMin)) < 0 || number.compareTo(BigDecimal.valueOf(typeMax)) > 0) {
            throw new WrongValueException("a whole number from " + typeMin + " to " + typeMax);
        }
        return number.longValueExact();
    }

    private static BigDecimal decimal(String text, Shape.Described described) throws WrongValueException {
        if (text.length() > DIGITS_MAX || !DECIMAL.matcher(text).matches()) {
            throw new WrongValueException("a number" + range(described, Long::toString));
        }
        BigDecimal number = new BigDecimal(text);
        refuseOutside(number, "a number", described);
        return number;
    }

    private static void refuseOutside(BigDecimal number, String words, Shape.Described described)
            throws WrongValueException {
        if (number.compareTo(BigDecimal.valueOf(described.min())) < 0
                || number.compareTo(BigDecimal.valueOf(described.max())) > 0) {
            throw new WrongValueException(words + range(described, Long::toString));
        }
    }

    private static boolean bool(String text) throws WrongValueException {
        return switch (text) {
            case "true", "True", "TRUE" -> true;
            case "false", "False", "FALSE" -> false;
            default -> throw new WrongValueException("true or false");
        };
    }

    private static Duration duration(String text, Shape.Described described) throws WrongValueException {
        Duration duration = Durations.parse(text, described.unit());
        if (duration == null) {
            throw new WrongValueException(
                    DURATION + (Durations.isUnit(described.unit()) ? ", or a number of " + described.unit() : ""));
        }
        if (duration.toMillis() < described.min() || duration.toMillis() > described.max()) {
            throw new WrongValueException("a duration" + range(described, Values::showMillis));
        }
        return duration;
    }

    private static DataSize size(String text, Shape.Described described) throws WrongValueException {
        boolean bare = described.unit().equals("bytes") && text.matches("[0-9]{1,18}");
        DataSize size;
        try {
            size = DataSize.parse(bare ? text + "B" : text);
        } catch (IllegalArgumentException malformed) {
            throw new WrongValueException(SIZE);
        }
        if (size.bytes() < described.min() || size.bytes() > described.max()) {
            throw new WrongValueException("a size" + range(described, Values::showBytes));
        }
        return size;
    }

    private static Path path(String text, @Nullable Path base) throws WrongValueException {
        try {
            if (!text.isEmpty()) {
                Path path = Path.of(text);
                return base == null ? path : base.resolve(path).normalize();
            }
        } catch (InvalidPathException malformed) {
            // Reported below.
        }
        throw new WrongValueException("a path in the file system");
    }

    private static URI address(String text) throws WrongValueException {
        try {
            URI address = new URI(text);
            if (address.isAbsolute()) {
                return address;
            }
        } catch (URISyntaxException malformed) {
            // Reported below.
        }
        throw new WrongValueException("a full address, such as https://host.example/path");
    }

    private static Object choice(String text, Shape.Choice choice) throws WrongValueException {
        Object constant = choice.constants().get(text.replace('-', '_'));
        if (constant == null) {
            throw new WrongValueException(
                    choice.words() + Text.didYouMean(text, choice.constants().keySet()));
        }
        return constant;
    }

    private static String range(Shape.Described described, LongFunction<String> write) {
        boolean below = described.min() != Long.MIN_VALUE;
        boolean above = described.max() != Long.MAX_VALUE;
        if (below && above) {
            return " from " + write.apply(described.min()) + " to " + write.apply(described.max());
        }
        return below
                ? " of at least " + write.apply(described.min())
                : above ? " of at most " + write.apply(described.max()) : "";
    }

    private static String showMillis(long millis) {
        return Durations.format(Duration.ofMillis(millis));
    }

    private static String showBytes(long bytes) {
        return new DataSize(Math.max(0, bytes)).toString();
    }

    /** Describes what a value may be, with its limits, for {@code explain}. */
    static String words(Shape shape, Shape.Described described) {
        String range = switch (shape) {
            case Shape.Plain.INT, Shape.Plain.LONG, Shape.Plain.DOUBLE, Shape.Plain.DECIMAL ->
                range(described, Long::toString);
            case Shape.Plain.DURATION -> range(described, Values::showMillis);
            case Shape.Plain.SIZE -> range(described, Values::showBytes);
            default -> "";
        };
        return shape.words() + range;
    }

    /** Shows a bound value as it could stand in a file, secrets as asterisks. */
    static String show(Object value) {
        return switch (value) {
            case Secret secret -> secret.toString();
            case Duration duration -> Durations.format(duration);
            case URI address -> masked(address);
            case BigDecimal number -> number.toPlainString();
            case Enum<?> constant -> constant.name().toLowerCase(Locale.ROOT);
            case Collection<?> items -> items.stream().map(Values::show).collect(Collectors.joining(", ", "[", "]"));
            case Map<?, ?> entries ->
                entries.entrySet().stream()
                        .map(entry -> show(entry.getKey()) + ": " + show(entry.getValue()))
                        .collect(Collectors.joining(", ", "{", "}"));
            default -> printable(value.toString());
        };
    }

    /** A text on one line that cannot steer a terminal. */
    static String printable(String text) {
        return CONTROL.matcher(text.replace("\n", "\\n")).replaceAll("?");
    }

    /** An address may carry a password before its host. */
    private static String masked(URI address) {
        String text = address.toString();
        String user = address.getRawUserInfo();
        int colon = user == null ? -1 : user.indexOf(':');
        return user == null || colon < 0 ? text : text.replace(user + "@", user.substring(0, colon) + ":******@");
    }
}
