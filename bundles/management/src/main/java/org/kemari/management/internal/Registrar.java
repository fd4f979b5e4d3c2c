package org.kemari.management.internal;

import javax.management.DynamicMBean;

/** Makes MBeans visible. */
interface Registrar {
    /** @return what makes it invisible again */
    Runnable register(String objectName, DynamicMBean mbean);
}
