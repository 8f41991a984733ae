/** Secrets from HashiCorp Vault. */
@NullMarked
package dev.gantry.vault;

import org.jspecify.annotations.NullMarked;
