"""Two addresses for whoever watches over the portal: does it live, and is it ready?"""
