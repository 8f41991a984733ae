/**
 * Patterns and the other reviewed texts of an organization: names, immutable versions, visibility, import; and how a
 * pattern, its variables and an input become the conversation that is sent to a model.
 */
@NullMarked
package dev.gantry.registry;

import org.jspecify.annotations.NullMarked;
