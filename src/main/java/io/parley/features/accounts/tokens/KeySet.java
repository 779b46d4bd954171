package io.parley.features.accounts.tokens;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.support.Json;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of a JWKS document that may verify tokens: RSA of at least 2048 bits for RS256 and P-256 for ES256, each
 * with an id. All others are passed over, above all symmetric ones. Of each key only the fields that
 * make it are taken, so that nothing else in the document (a certificate chain) has a say.
 */
record KeySet(Set<String> kids, List<JsonObject> jwks) {
    private static final Logger LOG = LoggerFactory.getLogger(KeySet.class);

    static final KeySet NONE = new KeySet(Set.of(), List.of());

    static KeySet parse(Buffer document) {
        Set<String> kids = new HashSet<>();
        List<JsonObject> jwks = new ArrayList<>();
        for (JsonNode key : Json.parse(document.getBytes()).path("keys")) {
            String kid = text(key, "kid");
            JsonObject taken = usable(key);
            if (!taken.isEmpty() && !kid.isEmpty() && kids.add(kid)) {
                jwks.add(taken.put("kid", kid));
            }
        }
        if (kids.isEmpty()) {
            LOG.warn("a JWKS document holds no key that can be used (RS256 or ES256, with kid)");
        }
        return new KeySet(kids, jwks);
    }

    /** The key's own fields; empty when it is not one for us. */
    private static JsonObject usable(JsonNode key) {
        boolean forSigning = !key.has("use") || text(key, "use").equals("sig");
        String kind = text(key, "kty");
        if (forSigning && kind.equals("RSA") && isFor(key, "RS256") && bits(key) >= Pem.MIN_RSA_BITS) {
            return fields(key, "RS256", "n", "e");
        }
        if (forSigning
                && kind.equals("EC")
                && isFor(key, "ES256")
                && text(key, "crv").equals("P-256")) {
            return fields(key, "ES256", "crv", "x", "y");
        }
        return new JsonObject();
    }

    private static boolean isFor(JsonNode key, String algorithm) {
        return !key.has("alg") || text(key, "alg").equals(algorithm);
    }

    private static int bits(JsonNode key) {
        try {
            return new BigInteger(1, Base64.getUrlDecoder().decode(text(key, "n"))).bitLength();
        } catch (IllegalArgumentException notBase64) {
            return 0;
        }
    }

    private static JsonObject fields(JsonNode key, String algorithm, String... names) {
        JsonObject taken = new JsonObject().put("kty", text(key, "kty")).put("alg", algorithm);
        for (String name : names) {
            taken.put(name, text(key, name));
        }
        return taken;
    }

    private static String text(JsonNode object, String name) {
        JsonNode value = object.path(name);
        return value.isTextual() ? value.textValue() : "";
    }
}
