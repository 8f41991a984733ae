package dev.gantry.provider.testing;

import java.time.Duration;
import java.util.Map;

/** What goes wrong with a simulated answer. {@code pieces} counts pieces of the answer's text. */
public sealed interface Fault {
    /** Nothing. */
    record None() implements Fault {}

    /** A reply with an error status, in the error shape of the interface that was called. */
    record Status(int status, String type, String message, Map<String, String> headers) implements Fault {
        /** Copies the headers. */
        public Status {
            headers = Map.copyOf(headers);
        }
    }

    /** An error in the provider's exact words. */
    record Raw(int status, String body, Map<String, String> headers) implements Fault {
        /** Copies the headers. */
        public Raw {
            headers = Map.copyOf(headers);
        }
    }

    /** The connection closes when the request has been read. */
    record CloseWithoutReply() implements Fault {}

    /** Nothing comes after some pieces, and the connection stays open. */
    record StallAfter(int pieces) implements Fault {}

    /** The connection closes after some pieces. */
    record DieAfter(int pieces) implements Fault {}

    /** The stream ends properly after some pieces, without what should close it. */
    record EndAfter(int pieces) implements Fault {}

    /** An error comes in the stream after some pieces. */
    record ErrorAfter(int pieces, String type, String message) implements Fault {}

    /** Bytes that are not JSON, under the proper content type. */
    record Rubbish() implements Fault {}

    /** A valid reply that is this long. */
    record HugeBody(long bytes) implements Fault {}

    /** The reply comes a few bytes at a time. */
    record SlowDrip(int bytes, Duration pause) implements Fault {}

    /** A page of HTML with status 200. */
    record WrongContentType() implements Fault {}
}
