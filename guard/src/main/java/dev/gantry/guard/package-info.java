/**
 * What may be in a prompt and in an answer: finds personal data and secrets in one pass over UTF-8 bytes, redacts, warns
 * or blocks by the operator's rules, and takes invisible characters out of input. Knows text and rules; which part of a
 * request is text is the gateway's business.
 */
@NullMarked
package dev.gantry.guard;

import org.jspecify.annotations.NullMarked;
