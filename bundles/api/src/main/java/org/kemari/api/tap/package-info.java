/** The event tap: holds a guest's outputs and releases them when the checkpoint that contains them is committed. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.kemari.api.tap;
