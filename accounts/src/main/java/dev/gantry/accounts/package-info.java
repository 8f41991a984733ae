/**
 * The installation's own ways to prove who one is: passwords, one-time codes, passkeys, recovery codes, and the bounds on
 * guessing any of them. People are plain identifiers here; who exists and is active is for module identity to say, and a
 * session for module signin to open.
 */
@NullMarked
package dev.gantry.accounts;

import org.jspecify.annotations.NullMarked;
