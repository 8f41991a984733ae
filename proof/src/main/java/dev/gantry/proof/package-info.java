/**
 * Proofs that data was not altered: Merkle trees (RFC 9162), signed notes and checkpoints (C2SP), and the verifier of an
 * exported audit log. Pure functions without server or database, so that whoever doubts a server can run them elsewhere.
 */
@NullMarked
package dev.gantry.proof;

import org.jspecify.annotations.NullMarked;
