"""From a notice to the last dividend: contact stops, the claim is filed in time, what comes is posted."""
