# Ten resources.
class differential::hundred::c093 {
  notify { 'c093 1':
    message => "1 of class c093 on ${facts['networking']['hostname']}",
  }
  notify { 'c093 2':
    message => "2 of class c093 on ${facts['networking']['hostname']}",
  }
  notify { 'c093 3':
    message => "3 of class c093 on ${facts['networking']['hostname']}",
  }
  notify { 'c093 4':
    message => "4 of class c093 on ${facts['networking']['hostname']}",
  }
  notify { 'c093 5':
    message => "5 of class c093 on ${facts['networking']['hostname']}",
  }
  notify { 'c093 6':
    message => "6 of class c093 on ${facts['networking']['hostname']}",
  }
  notify { 'c093 7':
    message => "7 of class c093 on ${facts['networking']['hostname']}",
  }
  notify { 'c093 8':
    message => "8 of class c093 on ${facts['networking']['hostname']}",
  }
  notify { 'c093 9':
    message => "9 of class c093 on ${facts['networking']['hostname']}",
  }
  notify { 'c093 10':
    message => "10 of class c093 on ${facts['networking']['hostname']}",
  }
}
