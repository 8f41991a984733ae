package dev.gantry.provider.offline;

import dev.gantry.provider.ChatProvider;
import dev.gantry.provider.testing.ChatProviderContract;

class OfflineProviderContractTest extends ChatProviderContract {
    private final OfflineProvider provider = new OfflineProvider();

    @Override
    protected ChatProvider provider() {
        return provider;
    }

    @Override
    protected String model() {
        return OfflineProvider.MODEL;
    }

    @Override
    protected boolean expectToolCall(String arguments) {
        return false;
    }

    @Override
    protected boolean expectJson(String json) {
        return false;
    }
}
