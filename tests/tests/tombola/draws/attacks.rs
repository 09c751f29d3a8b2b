//! What people with bad intentions, bad luck or bad clocks try, and what does not come of it.
