/** Amazon Bedrock's Converse interface: the request form, the binary event stream, and the signatures of AWS. */
@NullMarked
package dev.gantry.provider.bedrock;

import org.jspecify.annotations.NullMarked;
