package dev.gantry.corpus;

/**
 * Something that is to be found.
 *
 * @param kind what it is
 * @param text as it is written
 */
record Value(String kind, String text) {}
