package dev.gantry.gateway;

/**
 * One request's way past the cache: its answer comes from there or from a model, and what a model said may be kept. Closed in
 * any case, so that nobody waits for it for ever. Used by the request's own thread.
 */
interface Recall extends AutoCloseable {
    /** Asks a model, whatever was answered before. */
    Recall NONE = new Recall() {
        @Override
        public Answered answer(Failover failover, Guarded guarded) {
            return failover.execute(guarded);
        }

        @Override
        public void keep(Answered answered) {
            // There is no cache.
        }

        @Override
        public void close() {
            // Nobody waits.
        }
    };

    /**
     * Brings back an answer, as {@link Failover#execute} does.
     *
     * @throws dev.gantry.kernel.GantryException if no model could be asked at all; nothing was consumed then
     */
    Answered answer(Failover failover, Guarded guarded);

    /** Keeps an answer that is fit for it. To be called when the caller has it, since this takes time. Throws nothing. */
    void keep(Answered answered);

    @Override
    void close();
}
