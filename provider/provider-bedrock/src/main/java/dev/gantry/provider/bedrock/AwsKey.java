package dev.gantry.provider.bedrock;

import dev.gantry.kernel.Secret;
import org.jspecify.annotations.Nullable;

/**
 * A key of AWS.
 *
 * @param id its public part
 * @param secret its secret part
 * @param token what a temporary key comes with; null for others
 */
record AwsKey(String id, Secret secret, @Nullable Secret token) {}
