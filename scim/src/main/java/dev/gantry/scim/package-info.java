/**
 * SCIM 2.0 as text (RFC 7643, 7644): filters, paths and patches over JSON, and the deviations of the providers that really
 * call. Pure: knows neither people nor a database.
 */
@NullMarked
package dev.gantry.scim;

import org.jspecify.annotations.NullMarked;
