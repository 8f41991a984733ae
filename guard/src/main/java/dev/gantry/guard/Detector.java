package dev.gantry.guard;

/**
 * Finds one kind of thing. The scanner asks it at the places that it is registered for in {@link Detectors}; it looks at
 * the text through {@link Passage#at} and adds what it finds. Without state, without allocation where nothing is found,
 * and bounded: it looks at no more than {@link Passage#AHEAD_MAX} bytes ahead and {@link Passage#BEFORE_MAX} back,
 * whatever the text is.
 *
 * <p>What it adds begins at the place it was asked at or later, or before it within the same run of non-space characters
 * and no more than 64 bytes back. In this way an entity of a stream is never released in part.
 */
abstract class Detector {
    /**
     * Looks at one place.
     *
     * @param place where the byte or word stands that it asked for
     */
    abstract void look(Passage text, int place, Candidates found);
}
