/**
 * The inference pipeline: from a request in a client's schema to an answer, through authentication, admission, guard,
 * routing, the provider, settlement and audit. {@link dev.gantry.gateway.Gateway#serve} is the whole of it in one method.
 */
@NullMarked
package dev.gantry.gateway;

import org.jspecify.annotations.NullMarked;
