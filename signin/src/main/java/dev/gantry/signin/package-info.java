/**
 * Who signs in, and stays signed in: sessions, and the ways that lead to one. Who there is and what they may do is
 * {@code identity}'s.
 */
@NullMarked
package dev.gantry.signin;

import org.jspecify.annotations.NullMarked;
