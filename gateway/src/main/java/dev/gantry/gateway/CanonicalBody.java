package dev.gantry.gateway;

import dev.gantry.provider.JsonCursor;
import dev.gantry.provider.JsonCursor.Malformed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Writes a JSON object so that two which differ in white space and in the order of members alone become the same bytes.
 * Everything else stays as it was spelled: to take two different requests for the same would be a mistake, to take the same
 * for two different ones costs an answer. Used by one thread.
 */
final class CanonicalBody {
    private final JsonCursor cursor = new JsonCursor();
    private final byte[] source;
    private final Set<String> omitted;
    private byte[] out;
    private int length;

    private record Member(int nameFrom, int nameTo, int from, int to) {}

    private CanonicalBody(byte[] source, Set<String> omitted) {
        this.source = source;
        this.omitted = omitted;
        this.out = new byte[source.length + 16];
    }

    /**
     * Returns the canonical bytes of an object.
     *
     * @param omitted names of members of the object itself that are left out
     * @throws Malformed if it is not a JSON object
     */
    static byte[] of(byte[] object, Set<String> omitted) throws Malformed {
        CanonicalBody body = new CanonicalBody(object, omitted);
        body.cursor.reset(object, 0, object.length);
        body.object(true);
        body.cursor.requireEnd();
        return Arrays.copyOf(body.out, body.length);
    }

    private void value() throws Malformed {
        if (cursor.atObject()) {
            object(false);
        } else if (cursor.atArray()) {
            cursor.enterArray();
            add('[');
            while (cursor.nextItem()) {
                value();
                add(',');
            }
            add(']');
        } else {
            int from = cursor.position();
            cursor.skip();
            add(source, from, cursor.endOfLast());
        }
    }

    private void object(boolean outermost) throws Malformed {
        cursor.enterObject();
        add('{');
        int start = length;
        List<Member> members = new ArrayList<>(4);
        boolean sorted = true;
        while (cursor.nextField()) {
            int nameFrom = cursor.nameFrom();
            int nameTo = cursor.nameTo();
            if (outermost && omitted.contains(cursor.rawText())) {
                cursor.skip();
                continue;
            }
            int from = length;
            add('"');
            add(source, nameFrom, nameTo);
            add('"');
            add(':');
            value();
            add(',');
            Member member = new Member(nameFrom, nameTo, from, length);
            sorted = sorted && (members.isEmpty() || compare(members.getLast(), member) <= 0);
            members.add(member);
        }
        if (!sorted) {
            sort(start, members);
        }
        add('}');
    }

    /** Members of one name keep their order: which of them counts is the reader's affair. */
    private void sort(int start, List<Member> members) {
        byte[] unsorted = Arrays.copyOfRange(out, start, length);
        length = start;
        members.sort(this::compare);
        for (Member member : members) {
            add(unsorted, member.from() - start, member.to() - start);
        }
    }

    private int compare(Member left, Member right) {
        return Arrays.compare(source, left.nameFrom(), left.nameTo(), source, right.nameFrom(), right.nameTo());
    }

    private void add(char character) {
        reserve(1);
        out[length++] = (byte) character;
    }

    private void add(byte[] bytes, int from, int to) {
        reserve(to - from);
        System.arraycopy(bytes, from, out, length, to - from);
        length += to - from;
    }

    private void reserve(int more) {
        if (length + more > out.length) {
            out = Arrays.copyOf(out, Math.max(length + more, out.length + out.length / 2));
        }
    }
}
