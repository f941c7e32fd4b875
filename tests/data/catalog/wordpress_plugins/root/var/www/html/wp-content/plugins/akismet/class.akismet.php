<?php
class Akismet { const Version = '1'; }
