package org.kemari.link.internal;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.karaf.jaas.config.KeystoreInstance;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Offers Karaf the stores of the links, see {@link KarafKeystore}; without Karaf it does nothing. Karaf's connector keeps
 * whoever registers a key store waiting for seconds, which the links must not: hence a thread.
 */
@Component(
        service = {},
        immediate = true,
        configurationPid = LinkConfig.PID)
public final class KarafKeystoreComponent {
    private static final Logger LOG = LoggerFactory.getLogger(KarafKeystoreComponent.class);

    private final ExecutorService own = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "kemari-karaf-keystore");
        thread.setDaemon(true);
        return thread;
    });
    private final Optional<Offer> offer;

    /** Apart from this class: it cannot be used where there is no Karaf. */
    private static final class Offer {
        private final KarafKeystore keystore;
        private Optional<ServiceRegistration<?>> registration = Optional.empty(); // its thread's own

        Offer(TlsSettings settings) {
            keystore = new KarafKeystore(settings);
        }

        void register(BundleContext context) {
            try {
                registration = Optional.of(context.registerService(KeystoreInstance.class, keystore, null));
            } catch (IllegalStateException e) {
                LOG.debug("the bundle has been stopped meanwhile", e);
            }
        }

        void change(TlsSettings settings) {
            keystore.change(settings);
        }

        void unregister() {
            try {
                registration.ifPresent(ServiceRegistration::unregister);
            } catch (IllegalStateException e) {
                LOG.debug("it has ended with the bundle", e);
            }
        }
    }

    @Activate
    public KarafKeystoreComponent(BundleContext context, LinkConfig config) {
        offer = isKarafThere() ? Optional.of(new Offer(settings(config))) : Optional.empty();
        offer.ifPresent(o -> own.execute(() -> o.register(context)));
    }

    private static boolean isKarafThere() {
        try {
            Class.forName("org.apache.karaf.jaas.config.KeystoreInstance");
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private static TlsSettings settings(LinkConfig config) {
        return TlsSettings.of(config, Path.of(System.getProperty("karaf.etc", "etc")));
    }

    @Modified
    void modified(LinkConfig config) {
        offer.ifPresent(o -> o.change(settings(config)));
    }

    @Deactivate
    void deactivate() {
        offer.ifPresent(o -> own.execute(o::unregister));
        own.shutdown();
    }
}
