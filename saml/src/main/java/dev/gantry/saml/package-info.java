/**
 * SAML 2.0 as a service provider: asks identity providers, and believes what they sign under a strict profile. Knows neither
 * people nor a database, nor keeps anything but what providers say of themselves.
 */
@NullMarked
package dev.gantry.saml;

import org.jspecify.annotations.NullMarked;
