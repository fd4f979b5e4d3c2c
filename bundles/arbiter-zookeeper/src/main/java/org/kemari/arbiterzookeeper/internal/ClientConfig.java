package org.kemari.arbiterzookeeper.internal;

import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.X509Util;
import org.kemari.arbiterzookeeper.internal.EnsembleSettings.KeyStoreFile;
import org.kemari.arbiterzookeeper.internal.EnsembleSettings.Tls;

/** Our settings in the client library's words. */
final class ClientConfig {
    private ClientConfig() {}

    static ZKClientConfig of(EnsembleSettings settings) {
        ZKClientConfig config = new ZKClientConfig();
        config.setProperty(
                ZKClientConfig.ENABLE_CLIENT_SASL_KEY,
                Boolean.toString(settings.saslContext().isPresent()));
        settings.saslContext().ifPresent(context -> {
            config.setProperty(ZKClientConfig.LOGIN_CONTEXT_NAME_KEY, context);
            // otherwise the library refuses DIGEST-MD5
            config.setProperty(X509Util.FIPS_MODE_PROPERTY, "false");
        });
        settings.tls().ifPresent(tls -> secure(config, tls));
        return config;
    }

    private static void secure(ZKClientConfig config, Tls tls) {
        config.setProperty(ZKClientConfig.SECURE_CLIENT, "true");
        config.setProperty(ZKClientConfig.ZOOKEEPER_CLIENT_CNXN_SOCKET, "org.apache.zookeeper.ClientCnxnSocketNetty");
        config.setProperty("zookeeper.ssl.protocol", "TLSv1.3");
        config.setProperty("zookeeper.ssl.enabledProtocols", "TLSv1.3,TLSv1.2");
        config.setProperty("zookeeper.ssl.hostnameVerification", Boolean.toString(tls.verifyHostName()));
        tls.keys().ifPresent(keys -> store(config, "zookeeper.ssl.keyStore", keys));
        store(config, "zookeeper.ssl.trustStore", tls.trusted());
    }

    private static void store(ZKClientConfig config, String prefix, KeyStoreFile store) {
        config.setProperty(prefix + ".location", store.file().toString());
        config.setProperty(prefix + ".password", store.password());
        config.setProperty(prefix + ".type", "PKCS12");
    }
}
