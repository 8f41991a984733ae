/**
 * What a model provider is: the interface that each provider module implements, the words of a conversation, and the HTTP
 * client that they share. Providers depend on this module alone.
 */
@NullMarked
package dev.gantry.provider;

import org.jspecify.annotations.NullMarked;
