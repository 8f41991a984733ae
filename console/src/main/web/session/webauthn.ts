/** A passkey's answer, as the server takes it. */
export type PasskeyAnswer = Record<string, never>;

/** Returns whether this browser can use passkeys on this page. */
export function canUsePasskeys(): boolean {
    return (
        window.isSecureContext &&
        'PublicKeyCredential' in window &&
        typeof PublicKeyCredential.parseRequestOptionsFromJSON === 'function'
    );
}

/** Asks the browser for a passkey that exists. */
export async function provePasskey(options: PublicKeyCredentialRequestOptionsJSON): Promise<PasskeyAnswer> {
    return answer(
        () => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }),
        options.rpId,
    );
}

/** Asks the browser to make a passkey. */
export async function makePasskey(options: PublicKeyCredentialCreationOptionsJSON): Promise<PasskeyAnswer> {
    return answer(
        () => navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }),
        options.rp.id,
    );
}

async function answer(ask: () => Promise<Credential | null>, domain: string | undefined): Promise<PasskeyAnswer> {
    let credential: Credential | null;
    try {
        credential = await ask();
    } catch (failure) {
        throw new Error(words(failure, domain));
    }
    if (!(credential instanceof PublicKeyCredential)) {
        throw new Error('The browser gave no passkey.');
    }
    return credential.toJSON() as PasskeyAnswer;
}

/** Browsers keep to themselves why they gave none, so as not to tell which passkeys there are. */
function words(failure: unknown, domain: string | undefined): string {
    const name = failure instanceof DOMException ? failure.name : '';
    switch (name) {
        case 'NotAllowedError':
            return 'The browser gave no passkey: there is none for this address, it was cancelled, or it took too long.';
        case 'InvalidStateError':
            return 'This device has a passkey of yours already.';
        case 'SecurityError':
            return `Passkeys of this platform belong to ${domain ?? 'another address'}, and this page is at ${location.hostname}. Open the console there.`;
        default:
            return failure instanceof Error ? failure.message : 'The browser gave no passkey.';
    }
}
