package org.kemari.api.config;

/** Told of changes; register as a service. Called on the configuration's own thread; return soon. */
public interface ConfigurationListener {
    /** The definitions or the problems have changed. */
    void configurationChanged();
}
