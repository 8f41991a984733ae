package dev.gantry.gitsync;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Gives out so many bytes, and fails at the next one. */
final class BoundedInput extends FilterInputStream {
    private final String what;
    private final long bytesMax;
    private long bytes;

    BoundedInput(InputStream in, String what, long bytesMax) {
        super(in);
        this.what = what;
        this.bytesMax = bytesMax;
    }

    @Override
    public int read() throws IOException {
        int value = super.read();
        count(value < 0 ? 0 : 1);
        return value;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int count = super.read(buffer, offset, length);
        count(count);
        return count;
    }

    @Override
    public long skip(long wanted) throws IOException {
        long count = super.skip(wanted);
        count(count);
        return count;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    private void count(long more) throws IOException {
        bytes += Math.max(0, more);
        if (bytes > bytesMax) {
            throw new TooLarge(what + " is larger than " + bytesMax + " bytes (setting git.limits.pack_size_max)");
        }
    }

    /** More arrived than may be. */
    static final class TooLarge extends IOException {
        TooLarge(String message) {
            super(message);
        }
    }
}
