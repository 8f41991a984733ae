/**
 * Who did what, when, with which result: the append-only log of audit events and the search in it.
 *
 * <p>An event never holds prompt text or secrets. It has one canonical JSON form, which is what the database keeps and what
 * the API returns, so that a proof over these bytes proves what was shown.
 */
@NullMarked
package dev.gantry.audit;

import org.jspecify.annotations.NullMarked;
