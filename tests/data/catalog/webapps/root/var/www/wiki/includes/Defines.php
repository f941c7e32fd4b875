<?php
define( 'MW_VERSION', '1.39.3' );
